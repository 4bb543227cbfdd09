"""Made words with the habits of real Chromaprint words: neighbours alike, words two seconds apart not."""

import numpy as np

from tsunagu.domain.fingerprint import SoundFingerprint, SoundKind

KIND = SoundKind.CHROMAPRINT


def sound(words):
    return SoundFingerprint(KIND, tuple(int(word) for word in words))


def masks(rng, count, share):
    """So many words in which each bit is set with the given chance."""
    return np.packbits(rng.random((count, 32)) < share, axis=1).view(np.uint32).ravel()


def moving(seed, count):
    """Words of a moving sound: each differs from the one before in 15 bits of 100."""
    rng = np.random.default_rng(seed)
    return np.bitwise_xor.accumulate(masks(rng, count, 0.15))


def worn(words, seed, share):
    """The words with so large a share of bits flipped."""
    return words ^ masks(np.random.default_rng(seed), len(words), share)
