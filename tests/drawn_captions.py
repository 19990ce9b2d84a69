"""Seeded vertical drama pictures with burned-in captions whose truth is known to the frame.

Backgrounds move, cut, flash and are full of edges; captions come in three fonts, white, yellow or
dim, outlined or shadowed, one or two lines, hard or faded, back to back or apart; a watermark
drifts through them, a small logo stands beside them, a disclaimer below. Shared by the tests (a few
seconds) and by `benchmarks/reading.py` (minutes). A caption's truth begins at the first frame on
which it is at least half opaque and ends at the first on which it is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from silkreel.media.frames import Frame

Rgb = npt.NDArray[np.uint8]

# Debian: fonts-noto-cjk, fonts-wqy-zenhei, fonts-arphic-ukai.
FONTS = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2),
    ("/usr/share/fonts/truetype/arphic/ukai.ttc", 0),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
)
LATIN_FONT = ("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", 0)

LINES = (
    "你终于回来了", "我等了你整整三年", "这三年你去哪儿了", "别跟我提那个名字",
    "顾总 会议十分钟后开始", "把合同拿过来", "五百万 一分都不能少", "你凭什么这么说",
    "林晚 你听我解释", "我不想听", "你给我站住", "我不会放过你", "我不会放过他",
    "明天早上八点 民政局见", "离婚协议我已经签了", "房子归你 孩子归我", "你疯了吗",
    "她才是真正的沈家大小姐", "那我算什么", "不要", "不要", "救命啊", "快叫救护车",
    "医生说他可能醒不过来了", "都是我的错", "妈 你别哭了", "爸爸什么时候回家",
    "这张黑卡没有额度上限", "对不起 是我有眼无珠", "跪下", "把她给我带走",
    "你敢动她一根头发试试", "我就是你们要找的神医", "开什么玩笑", "他可是京城首富",
    "这块玉佩你从哪儿得来的", "二十年前的那场大火", "原来你就是我的亲生女儿",
    "董事长驾到", "所有人立刻闭嘴", "今晚的拍卖会你必须来", "起拍价一千八百万",
    "VIP包厢已经为您准备好了", "手机密码是0427", "给你30秒考虑", "时间到了",
    "我愿意", "恭喜你怀孕了", "这个孩子不能留", "谁说我要离开你",
)  # fmt: skip
PAIRS = (
    ("我等了你整整三年", "你却带着她回来"),
    ("如果当初我没有走", "我们会不会不一样"),
    ("从今天开始", "你就是顾家的少奶奶"),
    ("我可以给你一切", "唯独不能给你爱"),
)
ENGLISH = (
    "You finally came back.", "I waited three whole years.", "Don't say that name again.",
    "Give me the contract.", "Five million. Not a cent less.", "Who do you think you are?",
    "I don't want to hear it.", "Stop right there!", "She is the real heiress.",
    "Then what am I?", "Call an ambulance!", "It was all my fault.", "On your knees.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a caption is drawn."""

    font: int
    size_pixels: int
    colour: tuple[int, int, int]
    outline_pixels: int
    shadow: bool


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption and its truth."""

    first_frame: int
    end_frame: int
    text: str
    look: Look
    fade_frames: int = 0
    below: str = ""  # a second script under it

    def opacity(self, frame: int) -> float:
        """How opaque the caption is on a frame: half at both borders of its truth."""
        if self.fade_frames == 0:
            return float(self.first_frame <= frame < self.end_frame)
        inner = min(frame - self.first_frame, self.end_frame - 1 - frame)
        return min(1.0, max(0.0, 0.5 + (inner + 0.5) / self.fade_frames))


@dataclass(frozen=True, slots=True)
class Drama:
    """A scene's recipe; the same recipe gives the same pixels."""

    seed: int
    captions: tuple[Caption, ...]
    frames: int
    width: int = 720
    height: int = 1280
    rate: int = 25
    row_share: float = 0.765  # middle of a caption, or of a block of two
    drifting: str = ""
    logo: str = ""
    disclaimer: str = ""
    title: str = ""
    busy: float = 1.0

    @property
    def frame_rate(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.rate)


def drama(
    seed: int, seconds: float, *, rate: int = 25, nasty: bool = True, width: int = 720
) -> Drama:
    """A drama of about `seconds`, its lines and styles drawn from the seed."""
    dice = np.random.default_rng(seed)
    frames = round(seconds * rate)
    looks = _looks(dice, width, nasty=nasty)
    size = {"width": width, "height": width * 16 // 9 // 2 * 2}
    captions: list[Caption] = []
    at = int(dice.integers(8, 30))
    line = int(dice.integers(len(LINES)))
    while True:
        text = LINES[line % len(LINES)]
        line += 1
        if nasty and len(captions) % 8 == 4:
            text = "\n".join(PAIRS[int(dice.integers(len(PAIRS)))])
        reading = 8 + int(3.6 * len(text.replace("\n", ""))) + int(dice.integers(0, 22))
        length = 8 + int(dice.integers(0, 6)) if len(text) <= 2 and dice.random() < 0.5 else reading
        fade = int(dice.choice([0, 0, 0, 4, 6])) if nasty else 0
        length = max(length, 3 * fade)
        if at + length > frames - 6:
            break
        twin = bool(captions) and _twins(captions[-1].text, text)
        look = captions[-1].look if twin else looks[int(dice.integers(len(looks)))]
        captions.append(Caption(at, at + length, text, look, fade))
        gap = int(dice.choice([0, 0, 1, 3, 8, 20, 55]))
        following = LINES[line % len(LINES)]
        if following == text or fade:
            gap = max(gap, 9)  # a repeat must be told from a flicker; a fade needs its room
        elif _twins(following, text):
            gap = 0  # the nastiest: one letter changes, nothing else
        at += length + gap
    captions = _with_room_for_fades(captions)
    if not nasty:
        return Drama(seed, tuple(captions), frames, rate=rate, busy=0.3, **size)
    return Drama(
        seed, tuple(captions), frames, rate=rate, **size, drifting="独家短剧 ID10086", logo="星河",
        disclaimer="本故事纯属虚构 请勿模仿",
    )  # fmt: skip


def _twins(one: str, other: str) -> bool:
    """Whether two lines are equal or differ in one letter."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 1


def _with_room_for_fades(captions: list[Caption]) -> list[Caption]:
    """Take the fade from a caption whose neighbour stands too near."""
    kept = []
    for place, caption in enumerate(captions):
        room = 99
        if place:
            room = caption.first_frame - captions[place - 1].end_frame
        if place + 1 < len(captions):
            room = min(room, captions[place + 1].first_frame - caption.end_frame)
        kept.append(caption if room >= 9 else replace(caption, fade_frames=0))
    return kept


def _looks(dice: np.random.Generator, width: int, *, nasty: bool) -> tuple[Look, ...]:
    fonts = usable_fonts()[:3]
    size = int(dice.integers(38, 48)) * width // 720
    thick, thin = max(1, 3 * width // 720), max(1, 2 * width // 720)
    white, yellow, dim = (255, 255, 255), (255, 214, 30), (205, 205, 205)
    if not nasty:
        return (Look(fonts[0], size, white, thick, shadow=False),)
    return (
        Look(fonts[0], size, white, thick, shadow=False),
        Look(fonts[1 % len(fonts)], size, yellow, thick, shadow=False),
        Look(fonts[2 % len(fonts)], size, white, thin, shadow=True),
        Look(fonts[0], size - 2, dim, thick, shadow=False),
    )


@cache
def usable_fonts() -> tuple[int, ...]:
    """Places in FONTS of the fonts that are installed here."""
    return tuple(place for place, (path, _) in enumerate(FONTS) if Path(path).exists())


def pictures(plan: Drama) -> Iterator[Rgb]:
    """The frames as RGB."""
    dice = np.random.default_rng(plan.seed + 1)
    scene = _Scene.new(plan, dice)
    left = 0
    for frame in range(plan.frames):
        if left == 0:
            scene, left = _Scene.new(plan, dice), int(dice.integers(35, 110))
        left -= 1
        picture = scene.picture(frame, dice)
        _stamp_extras(picture, plan, frame)
        for caption in plan.captions:
            opacity = caption.opacity(frame)
            if opacity > 0:
                _stamp_caption(picture, plan, caption, opacity)
        yield picture


@dataclass(slots=True)
class _Scene:
    """A textured world the camera pans over, with bright things flying through it."""

    world: Rgb
    speed: npt.NDArray[np.float64]
    place: npt.NDArray[np.float64]
    flyers: list[npt.NDArray[np.float64]]
    grain: list[npt.NDArray[np.int16]]
    plan: Drama
    flash: int

    @classmethod
    def new(cls, plan: Drama, dice: np.random.Generator) -> "_Scene":
        high, wide = int(plan.height * 1.25), int(plan.width * 1.6)
        screen = (plan.width, plan.height)
        base = dice.integers(20, 190, 3)
        world = np.zeros((high, wide, 3), np.float32)
        for octave in (4, 12, 40, 120):
            noise = dice.normal(0, 1, (max(2, high * octave // high), octave, 3)).astype(np.float32)
            world += cv2.resize(noise, (wide, high), interpolation=cv2.INTER_CUBIC) * (
                55 * plan.busy / octave**0.35
            )
        world = np.clip(world + base, 0, 255).astype(np.uint8)
        for _ in range(int(90 * plan.busy)):  # windows, furniture, hair: edges everywhere
            colour = tuple(int(c) for c in dice.integers(0, 256, 3))
            x, y = int(dice.integers(0, wide)), int(dice.integers(0, high))
            kind = dice.random()
            if kind < 0.4:
                size = dice.integers(10, 130, 2)
                cv2.rectangle(world, (x, y), (x + int(size[0]), y + int(size[1])), colour, -1)
            elif kind < 0.6:
                cv2.circle(world, (x, y), int(dice.integers(5, 60)), colour, -1, cv2.LINE_AA)
            else:
                end = (x + int(dice.integers(-160, 160)), y + int(dice.integers(-160, 160)))
                cv2.line(world, (x, y), end, colour, int(dice.integers(1, 6)), cv2.LINE_AA)
        flyers = [
            np.array([dice.uniform(0, plan.width), dice.uniform(0.6, 0.9) * plan.height,
                      dice.uniform(-9, 9), dice.uniform(-3, 3), dice.uniform(6, 40)])
            for _ in range(int(6 * plan.busy))
        ]  # fmt: skip
        speed = dice.uniform(-4, 4, 2) * (dice.random() < 0.8)
        place = np.array([dice.uniform(0.2, 0.8) * (wide - plan.width),
                          dice.uniform(0.2, 0.8) * (high - plan.height)])  # fmt: skip
        flash = int(dice.integers(10, 60)) if plan.busy > 0.5 and dice.random() < 0.3 else -1
        grain = [
            cv2.resize(
                dice.normal(0, 3.0 * plan.busy, (plan.height // 2, plan.width // 2)), screen
            ).astype(np.int16)[:, :, None]
            for _ in range(3)
        ]
        return cls(world, speed, place, flyers, grain, plan, flash)

    def picture(self, frame: int, dice: np.random.Generator) -> Rgb:
        plan = self.plan
        room = np.array(self.world.shape[1::-1]) - (plan.width, plan.height) - 2
        self.place += self.speed
        self.speed = np.where((self.place < 1) | (self.place > room), -self.speed, self.speed)
        self.place = np.clip(self.place, 1, room)
        shift = np.float32([[1, 0, -self.place[0]], [0, 1, -self.place[1]]])
        picture = cv2.warpAffine(self.world, shift, (plan.width, plan.height))
        for flyer in self.flyers:
            flyer[:2] += flyer[2:4]
            flyer[0] %= plan.width
            spot = (int(flyer[0]), int(flyer[1]))
            cv2.circle(picture, spot, int(flyer[4]), (250, 248, 240), -1, cv2.LINE_AA)
        self.flash -= 1
        if self.flash in (0, 1):
            picture = cv2.addWeighted(picture, 0.15, np.full_like(picture, 255), 0.85, 0)
        grain = np.roll(self.grain[frame % 3], int(dice.integers(0, 97)), axis=frame % 2)
        return np.clip(picture + grain, 0, 255).astype(np.uint8)


@cache
def _font(place: int, size: int) -> ImageFont.FreeTypeFont:
    path, index = FONTS[place] if place >= 0 else LATIN_FONT
    return ImageFont.truetype(path, size, index=index)


@cache
def _sprite(
    text: str, look: Look, below: str, alpha: float = 1.0
) -> tuple[Rgb, npt.NDArray[np.float32]]:
    """Colour and opacity of a caption, just large enough."""
    font = _font(look.font, look.size_pixels)
    small = _font(-1, int(look.size_pixels * 0.62)) if below else font
    rows = [(row, font) for row in text.split("\n")] + ([(below, small)] if below else [])
    pad = look.outline_pixels + 5
    widths = [int(face.getlength(row)) + 2 * pad for row, face in rows]
    step = int(look.size_pixels * 1.32)
    image = Image.new("RGBA", (max(widths), step * len(rows) + 2 * pad), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for place, (row, face) in enumerate(rows):
        spot = (image.width / 2, pad + step * place + step / 2)
        if look.shadow:
            pen.text((spot[0] + 3, spot[1] + 3), row, font=face, anchor="mm", fill=(0, 0, 0, 190))
        pen.text(
            spot, row, font=face, anchor="mm", fill=(*look.colour, 255),
            stroke_width=look.outline_pixels, stroke_fill=(0, 0, 0, 255),
        )  # fmt: skip
    pixels = np.asarray(image)
    return pixels[:, :, :3].copy(), pixels[:, :, 3].astype(np.float32) * (alpha / 255)


def _stamp(picture: Rgb, sprite: Rgb, mask: npt.NDArray[np.float32], x: int, y: int) -> None:
    """Blend a sprite centred on (x, y) into the picture, clipped at its borders."""
    high, wide = mask.shape
    top, left = y - high // 2, x - wide // 2
    rows = slice(max(0, top), min(picture.shape[0], top + high))
    columns = slice(max(0, left), min(picture.shape[1], left + wide))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    inner = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    share = mask[inner][:, :, None]
    picture[rows, columns] = picture[rows, columns] * (1 - share) + sprite[inner] * share


def _stamp_caption(picture: Rgb, plan: Drama, caption: Caption, opacity: float) -> None:
    sprite, mask = _sprite(caption.text, caption.look, caption.below)
    _stamp(picture, sprite, mask * opacity, plan.width // 2, int(plan.row_share * plan.height))


def _stamp_extras(picture: Rgb, plan: Drama, frame: int) -> None:
    share = plan.width / 720
    pale = Look(usable_fonts()[0], round(30 * share), (255, 255, 255), 1, shadow=False)
    if plan.drifting:
        sprite, mask = _sprite(plan.drifting, pale, "", 0.45)
        x = int((frame * 3.1 * share) % (plan.width + 300 * share) - 150 * share)
        y = int(plan.height * (0.72 + 0.06 * np.sin(frame / 60)))
        _stamp(picture, sprite, mask, x, y)
    if plan.logo:
        sprite, mask = _sprite(plan.logo, replace(pale, size_pixels=round(34 * share)), "", 0.9)
        _stamp(picture, sprite, mask, round(60 * share), int(plan.height * plan.row_share) + 4)
    if plan.disclaimer:
        sprite, mask = _sprite(
            plan.disclaimer, replace(pale, size_pixels=round(22 * share)), "", 0.9
        )
        _stamp(picture, sprite, mask, plan.width // 2, int(plan.height * 0.955))
    if plan.title and plan.rate <= frame < 3 * plan.rate:
        sprite, mask = _sprite(plan.title, replace(pale, size_pixels=round(56 * share)), "", 1.0)
        _stamp(picture, sprite, mask, plan.width // 2, int(plan.height * 0.66))


@dataclass(frozen=True)
class DrawnFrames:
    """A drama's luma without a codec between: the frames that reading is asked to go through."""

    plan: Drama

    @property
    def width_pixels(self) -> int:
        return self.plan.width

    @property
    def height_pixels(self) -> int:
        return self.plan.height

    @property
    def frame_count(self) -> int:
        return self.plan.frames

    @property
    def frame_rate(self) -> Fraction:
        return self.plan.frame_rate

    def bands(self, top_share: float, bottom_share: float) -> Iterator[Frame]:
        rows = slice(
            int(top_share * self.plan.height), int(np.ceil(bottom_share * self.plan.height))
        )
        for index, picture in enumerate(pictures(self.plan)):
            yield Frame(index, cv2.cvtColor(picture[rows], cv2.COLOR_RGB2GRAY))

    def samples(
        self, top_share: float, bottom_share: float, *, every_seconds: float
    ) -> Iterator[Frame]:
        every = max(1, round(every_seconds * self.plan.rate))
        for frame in self.bands(top_share, bottom_share):
            if frame.index % every == every // 2:
                yield frame


def film(plan: Drama, path: Path, *, crf: int = 24) -> Path:
    """Encode the drama as our 720 rung is encoded."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=plan.rate)
        stream.width, stream.height, stream.pix_fmt = plan.width, plan.height, "yuv420p"
        gop = 2 * plan.rate
        stream.options = {
            "crf": str(crf), "preset": "veryfast", "maxrate": "2000k", "bufsize": "4000k",
            "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0",
        }  # fmt: skip
        for picture in pictures(plan):
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                target.mux(packet)
        for packet in stream.encode():
            target.mux(packet)
    return path


def drawn_line(
    text: str, *, size: int = 40, space: tuple[int, int] | None = None
) -> npt.NDArray[np.uint8]:
    """White outlined text on grey, alone or at a place in a wide band."""
    wide = all(ord(letter) < 0x2000 for letter in text)
    path, index = LATIN_FONT if wide else FONTS[0]
    font = ImageFont.truetype(path, size, index=index)
    width, height = space or (int(font.getlength(text)) + 24, 2 * size)
    image = Image.new("L", (width, height), 90)
    ImageDraw.Draw(image).text(
        (width // 2, height // 2), text, font=font, fill=255, anchor="mm",
        stroke_width=2, stroke_fill=0,
    )  # fmt: skip
    return np.asarray(image)
