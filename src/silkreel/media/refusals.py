"""Why a file is not taken: one class per code, each sentence says what to do next.

Where a fix is named, staff may accept it (`ProbeRules.fixes`) and the file is taken and mended.
"""

from silkreel.kit.refusals import Refusal


class MediaRefusal(Refusal):
    """A no that is about the file itself."""

    status = 422


class Empty(MediaRefusal):
    """Zero bytes."""

    message = "This file is empty; upload it again."


class NotVideo(MediaRefusal):
    """Text, a picture, a playlist, a sound: by its first bytes, whatever its name."""

    message = "This is {kind}, not a video file we accept (MP4, MOV, MKV, WebM, TS)."


class AnimaticIsNoEpisode(MediaRefusal):
    """The file says of itself that it is a preview."""

    message = (
        "This is an animatic, a synthetic preview of a script, and no episode;"
        " import the episode that was shot."
    )


class NotSound(MediaRefusal):
    """No sound in a file that should hold one."""

    message = "This is {kind}, not a sound file we accept (WAV, FLAC, AIFF, MP3, Ogg, M4A, MKV)."


class StemDamaged(MediaRefusal):
    """Packets of a stem that cannot be decoded."""

    message = "This sound is damaged near {at}; export the stem again."


class StemRate(MediaRefusal):
    """Fewer samples than a bed of music can have."""

    message = "This sound has {rate} samples a second, fewer than {least}; export it with 48000."


class StemLength(MediaRefusal):
    """A stem as long as another picture."""

    message = (
        "This sound lasts {stem} and the picture {picture}; export the stem from this episode's"
        " cut, from its first frame to its last."
    )


class Truncated(MediaRefusal):
    """The file ends before what it declares."""

    message = "The file stops at {at} of {length}; the upload was cut. Upload it again."


class Corrupt(MediaRefusal):
    """Pictures are missing or damaged."""

    message = "The picture is damaged near {at}. Export the video again and upload that file."


class Encrypted(MediaRefusal):
    """Common encryption or another protection."""

    message = "This file is encrypted; upload a version without protection."


class Codec(MediaRefusal):
    """No decoder for the stream."""

    message = "We have no decoder for {codec}; upload it as H.264, H.265, VP9, AV1 or ProRes."


class DecoderCrashed(MediaRefusal):
    """The child died on a signal while it read the file."""

    message = (
        "The decoder crashed on this file ({how}) and will not try it again;"
        " export the video with another program and upload that file."
    )


class TooSlow(MediaRefusal):
    """The child was killed at its limit of time."""

    message = (
        "This file took longer than any file of its length may;"
        " export it as plain H.264 and upload that file."
    )


class TooBig(MediaRefusal):
    """Beyond what one episode may be."""

    message = "This video is {what}; the limit is {limit}. Upload a smaller version."


class Hdr(MediaRefusal):
    """PQ or HLG: the core cannot map its tones."""

    message = "This video is HDR ({transfer}). Send an SDR version."


class TooSmall(MediaRefusal):
    """Below the smallest short side."""

    message = (
        "This video is {what}; the limit is {limit}. Upload a larger version,"
        ' or accept the fix "too_small" to publish without upper rungs.'
    )


class TenBit(MediaRefusal):
    """More than eight bits, standard dynamic range."""

    message = (
        "This video has {bits} bits per sample. Convert to 8-bit:"
        ' accept the fix "ten_bit", or upload an 8-bit version.'
    )


class Vfr(MediaRefusal):
    """Steps between frames differ."""

    message = (
        "The frame rate of this video varies. Convert to {fps} fps:"
        ' accept the fix "vfr", or upload a version with a constant rate.'
    )


class Rotated(MediaRefusal):
    """The picture lies on its side and a note in the file says so."""

    message = (
        "This picture is turned by a note in the file only. Turn the pixels by {deg} degrees:"
        ' accept the fix "rotated", or upload a version that is turned.'
    )


class Landscape(MediaRefusal):
    """As wide as high, or wider, in a vertical series."""

    message = (
        "This picture is {width}x{height}, not vertical. Fit it on blurred ground"
        ' (accept the fix "landscape"), crop it ("landscape_crop"),'
        " or mark the series as landscape."
    )


class Interlaced(MediaRefusal):
    """Two half pictures in each frame."""

    message = (
        "This video is interlaced. Deinterlace it:"
        ' accept the fix "interlaced", or upload a progressive version.'
    )


class Chroma(MediaRefusal):
    """Another sampling of colour than 4:2:0."""

    message = (
        "This video stores colour as {chroma}. Convert to 4:2:0:"
        ' accept the fix "chroma", or upload a 4:2:0 version.'
    )


class OddSize(MediaRefusal):
    """Width or height is odd."""

    message = (
        "This picture is {width}x{height} pixels. Crop to even numbers:"
        ' accept the fix "odd_size", or upload a version with even sides.'
    )


class PixelAspect(MediaRefusal):
    """Pixels that are not square."""

    message = (
        "The pixels of this video are {aspect}, not square. Make them square:"
        ' accept the fix "pixel_aspect", or upload a version with square pixels.'
    )


class NoAudio(MediaRefusal):
    """No sound, or nothing to hear in it."""

    message = (
        "This video has no sound. Publish silent:"
        ' accept the fix "no_audio", or upload a version with sound.'
    )


class AudioLength(MediaRefusal):
    """The sound ends more than half a second before or after the picture."""

    message = (
        "The sound lasts {audio} and the picture {video}. Pad or trim the sound:"
        ' accept the fix "audio_length", or upload a version where both end together.'
    )


class WhichStream(MediaRefusal):
    """More than one picture or sound."""

    message = (
        "This file holds {videos} pictures and {audios} sounds. Take the first of each:"
        ' accept the fix "which_stream", or upload a version with one of each.'
    )


class UnknownFix(Refusal):
    """Somebody accepted a fix that does not exist."""

    message = "There is no fix {fix}; the fixes are {known}."


# What staff may accept, in the order the mends are made.
FIXES: dict[str, type[MediaRefusal]] = {
    "which_stream": WhichStream,
    "interlaced": Interlaced,
    "vfr": Vfr,
    "rotated": Rotated,
    "odd_size": OddSize,
    "pixel_aspect": PixelAspect,
    "chroma": Chroma,
    "ten_bit": TenBit,
    "landscape": Landscape,
    "landscape_crop": Landscape,
    "too_small": TooSmall,
    "no_audio": NoAudio,
    "audio_length": AudioLength,
}
