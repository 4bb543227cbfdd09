"""Videos and sound files: one reading of the container, frames at each tick, the sound track beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final, cast

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream

from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.decoding.frames import picture_of
from tsunagu.media.decoding.sampling import Ticks, Timeline
from tsunagu.media.decoding.sounds import Resampler
from tsunagu.media.decoding.tags import container_tags
from tsunagu.media.messages import DecodeOptions, Message, Refused, SoundChunk
from tsunagu.media.picture import TimedPicture

_DEMUXERS: Final = {
    MediaType.MP4: "mov",
    MediaType.MOV: "mov",
    MediaType.MATROSKA: "matroska",
    MediaType.WEBM: "matroska",
    MediaType.AVI: "avi",
    MediaType.MPEG_TS: "mpegts",
    MediaType.WAV: "wav",
    MediaType.MP3: "mp3",
    MediaType.FLAC: "flac",
    MediaType.OGG: "ogg",
    MediaType.AAC: "aac",
}
_HONEST_DURATION: Final = frozenset(_DEMUXERS) - {MediaType.MPEG_TS, MediaType.MP3, MediaType.AAC}
"""Types whose header tells the duration; of the others libav guesses it."""

_STILL: Final = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
_USUAL_FRAME_S: Final = 0.04


def decode_timed(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    """Decode a video or sound file, reading it once from start to end.

    Yields `MediaFacts`, then `TimedPicture` of the frame nearest to each 1 / `frames_per_s` second from the
    first frame (each frame once, though it be shown for long) mixed with `SoundChunk` of the first sound
    track. Covers and other attached pictures are no video. Memory does not grow with the duration.

    What is not near a tick and no other frame needs is not decoded, so that in videos of uneven frame rate
    the frame taken may lie a little further from its tick than another one.

    Raises:
        Refused: TOO_LONG or TOO_MANY_PIXELS from the header or on the way; UNKNOWN_TYPE when there is no
            track that libav decodes; DAMAGED, after all that could be decoded, when something could not.
    """
    with av.open(file, "r", format=_DEMUXERS[media_type], metadata_errors="replace") as container:
        reading = _Reading(container, media_type, options)
        yield reading.facts()
        yield from reading.run()


class _Reading:
    """The state of one file on its way through the decoders."""

    def __init__(self, container: InputContainer, media_type: MediaType, options: DecodeOptions) -> None:
        """Choose the tracks.

        Raises:
            Refused: there is none that can be decoded.
        """
        self._container = container
        self._media_type = media_type
        self._options = options
        self._video = _first_video(container)
        self._sound = next((track for track in container.streams.audio if _is_known(track)), None)
        if self._video is None and self._sound is None:
            raise Refused(Refusal.UNKNOWN_TYPE if len(container.streams) else Refusal.DAMAGED)
        for track in self._tracks:
            track.codec_context.thread_count = 1
            track.codec_context.thread_type = "NONE"
        self._is_damaged = False
        self._stumbled: set[int] = set()
        self._ticks = Ticks(options.frames_per_s)
        rate = self._video and self._video.average_rate
        self._frame_s = 1 / float(rate) if rate and 1 <= rate <= 240 else _USUAL_FRAME_S
        self._timeline = Timeline(frame_s=self._frame_s, max_duration_s=options.max_duration_s)
        self._resampler = Resampler(options.max_duration_s)

    @property
    def _tracks(self) -> list[VideoStream | AudioStream]:
        """The tracks that are read, the video first."""
        return [track for track in (self._video, self._sound) if track is not None]

    def facts(self) -> MediaFacts:
        """Return what the header says, once it is within the bounds.

        Raises:
            Refused: TOO_LONG or TOO_MANY_PIXELS.
        """
        duration = self._container.duration
        duration_s = duration / av.time_base if duration and duration > 0 else None
        if duration_s is not None and duration_s > self._options.max_duration_s:
            raise Refused(Refusal.TOO_LONG)
        width = height = None
        if self._video is not None:
            width, height = self._video.codec_context.width, self._video.codec_context.height
            if not self._options.allows(width, height):
                raise Refused(Refusal.TOO_MANY_PIXELS)
        metadata = dict(self._container.metadata)
        for track in self._tracks:
            metadata = dict(track.metadata) | metadata
        names = tuple(track.codec_context.codec.canonical_name for track in self._tracks)
        return MediaFacts(width or None, height or None, duration_s, names, container_tags(metadata))

    def run(self) -> Iterator[Message]:
        """Decode packet by packet to the end.

        Raises:
            Refused: see `decode_timed`.
        """
        packets = self._container.demux(self._tracks)
        while True:
            try:
                packet = next(packets, None)
            except MemoryError:
                raise
            except av.error.FFmpegError:
                self._is_damaged = True
                packet = None
            if packet is None:
                break
            if packet.stream is self._video:
                yield from self._pictures(cast("Packet[VideoStream]", packet))
            else:
                yield from self._sounds(cast("Packet[AudioStream]", packet))
        yield from self._resampler.finish()
        if self._is_damaged or self._stumbled or self._is_cut_short():
            raise Refused(Refusal.DAMAGED)

    def _pictures(self, packet: Packet[VideoStream]) -> Iterator[TimedPicture]:
        """Decode one video packet and yield the frames that are taken."""
        self._announce(packet)
        for frame in self._decoded(packet, has_begun=self._timeline.end_s > 0):
            for shown in self._ticks.take(self._timeline.place(frame)):
                yield TimedPicture(shown.at_s, shown.number, picture_of(shown.frame, self._options))

    def _announce(self, packet: Packet[VideoStream]) -> None:
        """Count the packet, and let the decoder pass over it when it is far from a tick and nothing needs it."""
        near = True
        if packet.pts is not None and packet.size:
            if not packet.is_discard:
                self._timeline.announce(packet.pts)
            at_s = self._timeline.seconds_of(float(packet.pts * packet.time_base))
            near = at_s is None or self._ticks.is_near(at_s, 1.5 * self._frame_s)
        packet.stream.codec_context.skip_frame = "DEFAULT" if near else "NONREF"

    def _sounds(self, packet: Packet[AudioStream]) -> Iterator[SoundChunk]:
        """Decode one sound packet and yield the chunks that are full."""
        for frame in self._decoded(packet, has_begun=self._resampler.end_s > 0):
            yield from self._resampler.push(frame)

    def _decoded(self, packet: Packet[Any], *, has_begun: bool) -> list[Any]:
        """Return the frames of a packet; what cannot be decoded is damage, once the track has begun.

        Before that it is not, unless the track never begins: recordings of broadcasts start anywhere.
        """
        self._is_damaged |= packet.is_corrupt and self._media_type is not MediaType.MPEG_TS
        try:
            frames = cast("list[Any]", packet.decode())
        except MemoryError:
            raise
        except av.error.FFmpegError:
            self._is_damaged |= has_begun
            self._stumbled.add(packet.stream.index)
            return []
        if frames:
            self._stumbled.discard(packet.stream.index)
        return frames

    def _is_cut_short(self) -> bool:
        """Whether a video gave no frame, or less was decoded than a header that can be believed announces."""
        end_s = max(self._timeline.end_s, self._resampler.end_s)
        if end_s <= 0 or (self._video is not None and self._timeline.end_s <= 0):
            return True
        duration = self._container.duration
        if self._media_type not in _HONEST_DURATION or not duration:
            return False
        told_s = duration / av.time_base
        return end_s < told_s - max(1.0, 0.05 * told_s)


def _first_video(container: InputContainer) -> VideoStream | None:
    """Return the first track of moving pictures that libav decodes."""
    moving = (track for track in container.streams.video if not track.disposition & _STILL)
    return next((track for track in moving if _is_known(track)), None)


def _is_known(track: VideoStream | AudioStream) -> bool:
    """Whether libav has a decoder for this track."""
    return track.codec_context is not None
