"""The demo: a fictional chain, its cast and a dozen cases, made by the commands that every case goes through."""

from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from accounts.models import User
from cases.commands import casework, intake, reading, respondents
from cases.demo import cast as actors
from cases.demo.words import STORIES, Story
from cases.models import Case, Respondent
from cases.states import AsideReason, Track
from grievance import receipts
from grievance.commands import conversation, following, pictures
from grievance.commands.filing import Draft, file_grievance
from grievance.uploads import SealedUpload
from supplychain import demo as chains

STEP = timedelta(hours=7)  # between two steps of a story


def load(*, at: datetime) -> int:
    """Load everything into an empty database; a second call changes nothing. Returns the number of cases made."""
    if Case.objects.exists():
        return 0
    since = at - timedelta(days=400)
    chain = chains.load(by=None, at=since)
    people = actors.load(chain, at=since)
    for story in STORIES:
        _Told(story, chain, people, at).tell()
    pictures.strip_waiting(at=at)
    return len(STORIES)


class _Told:
    """One story on its way through the product; each step is the command that an officer's button calls."""

    def __init__(self, story: Story, chain: chains.DemoChain, people: actors.Cast, at: datetime) -> None:
        self.story, self.chain, self.people = story, chain, people
        self.now = self.filed_at = at - timedelta(days=story.days_ago)
        self.end = at

    def tell(self) -> None:
        story = self.story
        draft = Draft(
            channel="web",
            language=story.language,
            statement=story.statement,
            place=story.place,
            site_id=self.chain.sites[story.site].pk if story.site else None,
            families=story.families,
            happened_on=(self.filed_at - timedelta(days=3)).date(),
            ongoing=True,
            urgent=story.urgent,
            openness=story.openness,
            name=story.name,
            may_tell=True if "approve" in story.steps else None,
        )
        uploads = [_picture()] if story.picture else []
        self.receipt = file_grievance(
            draft=draft, nonce=receipts.new_nonce(), uploads=uploads, at=self.filed_at
        ).receipt
        for upload in uploads:
            upload.close()
        for step in story.steps:
            getattr(self, step)()
            self.now = min(self.now + STEP, self.end)

    @property
    def special(self) -> bool:
        """Is it on a track with people of its own?"""
        return self.case.track != Track.STANDARD

    @property
    def handler(self) -> User:
        return self.people["nadia" if self.special else "tomas"]

    @property
    def supervisor(self) -> User:
        """Nobody but oversight and specialists sees a special track."""
        return self.people["omar" if self.special else "irene"]

    @property
    def intake(self) -> User:
        """Whoever may see the case: without a site only intake officers do."""
        return self.handler if self.story.site else self.people["amina"]

    def take_up(self) -> None:
        intake.take_up(at=self.filed_at + timedelta(seconds=2))
        self.case = Case.objects.order_by("-pk")[0]

    def screen(self) -> None:
        casework.assign(case=self.case, handler=self.handler, by=self.supervisor, at=self.now)
        reading.read_filing(case=self.case, filing=self.case.filings.get(), by=self.intake, at=self.now)
        casework.screen(case=self.case, by=self.intake, at=self.now)

    def acknowledge(self) -> None:
        casework.acknowledge(case=self.case, by=self.handler, at=self.now)

    def set_aside(self) -> None:
        casework.set_aside(case=self.case, reason=AsideReason.TEST, by=self.intake, at=self.now)

    def reply(self) -> None:
        casework.reply(
            case=self.case,
            filing=self.case.filings.get(),
            by=self.handler,
            body=self.story.reply,
            language=self.story.language,
            read_up_to=0,
            at=self.now,
        )

    def answer(self) -> None:
        session = following.open_session(receipt=self.receipt, at=self.now)
        page = following.resume(session_key=session, at=self.now)
        conversation.write(following=page, body=self.story.answer, language=self.story.language, at=self.now)
        following.end_session(session_key=session)
        intake.take_up(at=self.now)

    def approve(self) -> None:
        respondents.approve(
            respondent=self._operator(), by=self.handler, people_who_fit=40, safety_checked=True, at=self.now
        )

    def notify(self) -> None:
        facts = "Workers of this site report the matter named in the case codes. (fictional)"
        respondents.notify(respondent=self._operator(), by=self.handler, facts=facts, at=self.now)

    def _operator(self) -> Respondent:
        return self.case.respondents.order_by("tier", "pk")[0]


def _picture() -> SealedUpload:
    """A drawn picture, as a phone would send it."""
    drawing = Image.new("RGB", (960, 640), "#b8c4c0")
    pen = ImageDraw.Draw(drawing)
    pen.polygon([(0, 640), (0, 330), (300, 200), (560, 420), (960, 260), (960, 640)], fill="#8a6f57")
    pen.rectangle((420, 430, 470, 520), fill="#2f4f4f")
    body = BytesIO()
    drawing.save(body, "JPEG", quality=80)
    upload = SealedUpload("picha.jpg", "image/jpeg")
    upload.receive(body.getvalue())
    upload.complete()
    return upload
