"""What stands at the door of a package: what it is, and how anybody verifies it without this program."""

from __future__ import annotations

from tsunagu.domain.package import PackagedCase

_TEXT = """\
{agency} ({country}): case {reference}
Written {exported_at} by Tsunagu {release}. Signed by the key {key_id}.
For the purpose {purpose} alone. Not to be passed on without the consent of its agency. To be erased after {keep_limit}.

ENGLISH

case.jsonld       the case in CASE 1.4 (JSON-LD): exhibits, files with digests and fingerprints, findings, custody
summary.*.pdf     the same for people to read, where it was asked for
manifest.txt      the SHA-256 of every file here
manifest.sig      an Ed25519 signature over manifest.txt
public-key.pem    the key that it is verified by

To verify that nothing here was changed, in this folder:

    {openssl}
    {sha256sum}

The first says "Signature Verified Successfully", the second OK for each file. Both commands belong to the operating
system. With Tsunagu, `tsunagu package verify .` does the same, and finds a file too many as well.

This tells that nothing was changed since somebody signed, and not who. Have the agency above tell you its key by
another way than the one that this package came by, and compare: the key of {key_id} is

{pem}
A finding is what a machine found alike, and what an officer judged of it. Only one that an officer judged the same is a
match. A case whose places waited to be compared may have more findings: {waiting} did.

Each deed in the chain of custody brings its entry of the ledger as it was hashed. `tsunagu ledger prove`, run by that
agency, proves that the entry is under a signed root which another agency held.

日本語

case.jsonld       CASE 1.4(JSON-LD)形式の事件:証拠物件、ファイルのダイジェスト値とフィンガープリント、判断、保管の連鎖
summary.*.pdf     同じ内容を人が読むためのもの(求めた場合)
manifest.txt      このフォルダの全ファイルのSHA-256
manifest.sig      manifest.txt に対する Ed25519 署名
public-key.pem    検証に使う公開鍵

何も変更されていないことは、このフォルダで次のコマンドにより確かめられます。

    {openssl}
    {sha256sum}

一つ目は「Signature Verified Successfully」、二つ目は各ファイルに「OK」と表示します。どちらもOSのコマンドです。
Tsunagu があれば `tsunagu package verify .` で同じことができ、余分なファイルも見つけます。

分かるのは、署名の後に何も変更されていないことであり、誰が署名したかではありません。上記の機関に、このパッケージとは
別の経路で鍵を確認し、上の公開鍵と比べてください。

ヒットは機械が似ていると見つけたもので、担当官が「同じ」と判断して初めて一致となります。
照合待ちの項目がある事件には、ほかにもヒットがあり得ます(照合待ち:{waiting}件)。
"""


def readme(case: PackagedCase, *, key_id: str, pem: bytes, openssl: str, sha256sum: str) -> bytes:
    """Return the text, in English and Japanese.

    Args:
        case: the case that the package is of.
        key_id: of the key that signs it.
        pem: its public part.
        openssl, sha256sum: the commands that verify the package in its folder.
    """
    told = {
        "agency": case.agency,
        "country": case.country,
        "reference": case.reference,
        "purpose": case.purpose,
        "keep_limit": case.keep_limit,
        "exported_at": f"{case.exported_at:%Y-%m-%d %H:%M:%S} UTC",
        "release": case.release,
        "waiting": case.waiting,
    }
    return _TEXT.format(**told, key_id=key_id, pem=pem.decode("ascii"), openssl=openssl, sha256sum=sha256sum).encode()
