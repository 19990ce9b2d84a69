"""Puts a frame together: backdrop, weather, puppets, foreground, light, letters."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from silkreel.media.theatre import effects, weather
from silkreel.media.theatre.acting import Mouths, stance
from silkreel.media.theatre.art import covering
from silkreel.media.theatre.camera import FACES, View, aim, view_at, who_is_near
from silkreel.media.theatre.happenings import Moment, after_actors, before_actors, shine_lamp
from silkreel.media.theatre.places import Lamp, Layer, Place, draw_place
from silkreel.media.theatre.plan import Look, Picture, Play, Sketch
from silkreel.media.theatre.puppets import joints
from silkreel.media.theatre.schedule import ShotCue, Timetable
from silkreel.media.theatre.slate import Slate
from silkreel.media.theatre.sprites import Pixels, Sprite, moved, paste, sized
from silkreel.media.theatre.titles import FRAMES_PER_DRAWING, FinalLetters

DRAWINGS_PER_SECOND = 25 / FRAMES_PER_DRAWING
FLAT_PARALLAX = 0.62  # layers farther than this are painted onto one backdrop per shot
PARALLAX_MOVES = ("drift_left", "drift_right", "pull_out", "tilt_up")
PLATE_MARGIN = 0.07  # of the picture, so that the camera may move over a plate
CLOSE_BLUR = 5.0  # pixels at 720 wide: behind a face the world is soft
SCENE_FADE_SECONDS = 0.32
PUPPET_SCALE = 1.9
FINAL = Look()
PREVIEW_DETAIL, LEAST_DETAIL = 0.8, 0.5
ART_PARALLAX = 0.9  # a given picture moves a little less than people do
HEAD_ROOM = -128.0  # stage units above the eyes, where a name stands


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """What a shot needs and does not change: plates cut to its camera, and whom it shows."""

    cue: ShotCue
    place: Place
    middle: View
    plate: Sprite  # everything far, painted at the middle view, in pixels of the picture
    plate_parallax: float
    near: tuple[Layer, ...]
    front: tuple[Layer, ...]
    people: tuple[str, ...]


class Stage:
    """Draws the frames of one episode in order."""

    def __init__(
        self, play: Play, times: Timetable, mouths: Mouths, picture: Picture, look: Look = FINAL
    ) -> None:
        self.play, self.times, self.mouths, self.picture = play, times, mouths, picture
        self.look = look
        self._puppets = {a.id: joints.Looks(a.puppet, a.seed) for a in play.cast}
        letters = Slate if look.preview else FinalLetters
        self._letters: Slate | FinalLetters = letters(play, times, picture)
        self._behind: tuple[Set, View, Pixels] | None = None

    def frames(self, first: int = 0, end: int | None = None) -> Iterator[tuple[Pixels, bool]]:
        """Frames in order, and whether each differs from the one before."""
        end = self.times.length_frames if end is None else end
        number, setting, shown = -1, None, None
        base: Pixels | None = None
        for frame in range(first, end):
            cue = self._cue(frame)
            fresh = setting is None or setting.cue is not cue
            if setting is None or fresh:
                setting = self._set(cue)
            drawing, words = self._drawing(cue, frame), self._letters.key(frame)
            changed = fresh or drawing != number or words != shown
            if base is None or fresh or drawing != number:
                base, number = self._draw(setting, drawing), drawing
            shown = words
            if changed:
                finished = base.copy()
                self._letters.lay(finished, frame)
                yield finished, True
            else:
                yield finished, False

    def _cue(self, frame: int) -> ShotCue:
        return next(
            cue for cue in self.times.shots if cue.span.first_frame <= frame < cue.span.end_frame
        )

    def _drawing(self, cue: ShotCue, frame: int) -> int:
        """The frame that is drawn for this one: every second, or the middle one of a still shot."""
        first = cue.span.first_frame
        if self.look.stills:
            return first + cue.span.length_frames // 2
        return first + (frame - first) // FRAMES_PER_DRAWING * FRAMES_PER_DRAWING

    def _set(self, cue: ShotCue) -> Set:
        """Paint the far layers onto one plate, softly where a face fills the picture."""
        place = draw_place(cue.scene.place, self._place_scale())
        middle, art = aim(cue), art_of(cue)
        # Near layers move on their own only where one would see it: in wider shots, sideways or back.
        past = cue.shot.effect == "boat"  # a look past everything, out on the water
        apart = past or (cue.shot.size not in FACES and cue.shot.move in PARALLAX_MOVES)
        flat = FLAT_PARALLAX if apart else 1.0
        far = [layer for layer in place.back if layer.parallax <= flat]
        near = tuple(layer for layer in place.back if layer.parallax > flat)
        front, people = place.front, who_is_near(cue.shot, cue.scene.marks)
        if past or cue.shot.art:
            near, front, people = (), (), ()
        width, height = self.picture.width_pixels, self.picture.height_pixels
        pad_x, pad_y = round(width * PLATE_MARGIN), round(height * PLATE_MARGIN)
        if art:
            canvas, parallax = covering(art, self.picture, pad_x, pad_y), ART_PARALLAX
            return Set(
                cue, place, middle, Sprite(canvas, -pad_x, -pad_y, 1.0), parallax, (), front, people
            )
        canvas = np.zeros((height + 2 * pad_y, width + 2 * pad_x, 4), np.uint8)
        canvas[..., 3] = 255
        for layer in far:
            paste(
                canvas,
                layer.sprite,
                moved(pad_x, pad_y) @ middle.matrix(self.picture, layer.parallax),
            )
        for lamp in place.lamps:
            at = moved(pad_x, pad_y) @ middle.matrix(self.picture, lamp.parallax)
            spot = at @ np.array([lamp.x, lamp.y, 1.0])
            size = middle.zoom_at(lamp.parallax) * self.picture.scale
            shine_lamp(canvas, lamp, (float(spot[0]), float(spot[1])), size)
        blur = CLOSE_BLUR * self.picture.scale * max(0.0, middle.zoom - 1.05)
        if blur > 0.5:
            canvas = cv2.GaussianBlur(canvas, (0, 0), blur)
            near = tuple(self._soft(layer, middle, 0.45 * blur) for layer in near)
        mean = sum(layer.parallax for layer in far) / max(1, len(far))  # a room has no far layer
        parallax = min(FLAT_PARALLAX, mean)
        plate = Sprite(canvas, -pad_x, -pad_y, 1.0)
        return Set(cue, place, middle, plate, parallax, near, front, people)

    def _place_scale(self) -> float:
        """Pixels in a stage unit of a place; a preview's are a little soft, and cost a third less."""
        scale = self.picture.scale * (PREVIEW_DETAIL if self.look.preview else 1.0)
        return max(LEAST_DETAIL, scale)

    def _soft(self, layer: Layer, view: View, blur_pixels: float) -> Layer:
        sprite = layer.sprite
        sigma = blur_pixels / view.zoom_at(layer.parallax) * sprite.scale / self.picture.scale
        image = cv2.GaussianBlur(sprite.image, (0, 0), max(0.3, sigma))
        return Layer(Sprite(image, sprite.left, sprite.top, sprite.scale), layer.parallax)

    def _draw(self, setting: Set, frame: int) -> Pixels:
        cue, rate = setting.cue, self.times.frames_per_second
        since = (frame - cue.span.first_frame) / rate
        view = view_at(cue, since, cue.length_seconds)
        moment = Moment(cue, view, frame / rate, since, self.picture, self.play.seed)
        pixels = self._backdrop(setting, view)
        falling = weather.sheets(cue.scene.weather, self.picture, self.play.seed)
        for sheet in falling:
            if sheet.behind:
                weather.fall(pixels, sheet, moment.now)
        before_actors(pixels, moment, setting.place)
        self._actors(pixels, setting, moment)
        after_actors(pixels, moment)
        for layer in setting.front:
            paste(pixels, layer.sprite, view.matrix(self.picture, layer.parallax))
        for sheet in falling:
            if not sheet.behind:
                weather.fall(pixels, sheet, moment.now)
        if cue.shot.art:
            return pixels
        graded = self._graded(pixels, moment)
        self._name(graded, setting, moment)
        return graded

    def _backdrop(self, setting: Set, view: View) -> Pixels:
        """What is farther than the actors; drawn once for as long as the camera stands."""
        kept = self._behind
        if kept is None or kept[0] is not setting or kept[1] != view:
            kept = self._behind = setting, view, self._far(setting, view)
        return kept[2].copy()

    def _far(self, setting: Set, view: View) -> Pixels:
        """The plate moved by what the camera moved since the middle of the shot."""
        p, middle = setting.plate_parallax, setting.middle
        shift = view.matrix(self.picture, p) @ np.linalg.inv(middle.matrix(self.picture, p))
        whole = shift @ setting.plate.to_units
        size = (self.picture.width_pixels, self.picture.height_pixels)
        picture = cv2.warpAffine(
            setting.plate.image, whole[:2], size, borderMode=cv2.BORDER_REPLICATE
        )
        for layer in setting.near:
            paste(picture, layer.sprite, view.matrix(self.picture, layer.parallax))
        made: Pixels = picture
        return made

    def _actors(self, pixels: Pixels, setting: Set, moment: Moment) -> None:
        cue, picture = setting.cue, self.picture
        for mark in cue.scene.marks:
            if mark.who not in setting.people:
                continue
            held = (joints.HELD[mark.pose],) if mark.pose in joints.HELD else ()
            looks, scale = self._puppets[mark.who], PUPPET_SCALE * picture.scale
            cut = joints.parts(looks, setting.place.light, scale, held, bare=mark.pose == "bare")
            at = stance(cue, mark, moment.now, self.mouths, DRAWINGS_PER_SECOND)
            side = joints.UNIT if at.facing == "right" else -joints.UNIT
            place = moment.view.matrix(picture) @ moved(at.x, 0) @ sized(side, joints.UNIT)
            spot = joints.draw_puppet(pixels, cut, at.acting, place)
            if spot is not None:
                lamp = Lamp(0, 0, 300, "#ff9a3c", 0.42, 1.0)
                shine_lamp(pixels, lamp, spot, moment.view.zoom * picture.scale, moment.now)

    def _name(self, pixels: Pixels, setting: Set, moment: Moment) -> None:
        for mark in setting.cue.scene.marks:
            if mark.who in setting.people:
                at = stance(setting.cue, mark, moment.now, self.mouths, DRAWINGS_PER_SECOND)
                x, y, _ = moment.view.matrix(self.picture) @ np.array([at.x, HEAD_ROOM, 1.0])
                self._letters.name(mark.who, float(x), float(y), pixels)

    def _graded(self, pixels: Pixels, moment: Moment) -> Pixels:
        cue = moment.cue
        share = effects.brightness(cue.shot.effect, moment.since, cue.length_seconds)
        share *= 0.985 + 0.2 * (effects.flicker(moment.now, 0.7) - 1)
        first = next(each for each in self.times.shots if each.scene_number == cue.scene_number)
        if cue is first and not self.look.preview:  # a preview's shots are drawn one by one
            share *= min(1.0, 0.15 + moment.since / SCENE_FADE_SECONDS)
        colours = effects.grade(cue.scene.mood, self.picture)
        made: Pixels = cv2.multiply(pixels, colours, dst=pixels, scale=share / 255)
        return made


def art_of(cue: ShotCue) -> str:
    """The picture that was given for a shot, else for its place; empty where there is none."""
    place = cue.scene.place
    return cue.shot.art or (place.picture if isinstance(place, Sketch) else "")
