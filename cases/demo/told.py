"""One story of the demo on its way through the product, from the words of somebody to a company that was told."""

from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from accounts.models import User
from cases.commands import casework, intake, reading, respondents
from cases.demo.cast import Cast
from cases.demo.words import Story
from cases.models import Case, Respondent
from cases.states import AsideReason, Track
from grievance import receipts
from grievance.commands import conversation, following
from grievance.commands.draft import Draft
from grievance.commands.filing import file_grievance
from grievance.commands.following import Following
from grievance.uploads import SealedUpload
from supplychain.demo import DemoChain

STEP = timedelta(hours=7)  # between two steps of a story


class Told:
    """Each step is the command that an officer's button calls, or that the person's page calls."""

    def __init__(self, story: Story, chain: DemoChain, people: Cast, at: datetime) -> None:
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
            verb, *number = step.split()
            getattr(self, verb)(*(int(one) for one in number))
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
        page = self.page()
        conversation.write(following=page, body=self.story.answer, language=self.story.language, at=self.now)
        intake.take_up(at=self.now)

    def page(self) -> Following:
        """The person's page, opened with their number and left at once."""
        session = following.open_session(receipt=self.receipt, at=self.now)
        page = following.resume(session_key=session, at=self.now)
        following.end_session(session_key=session)
        return page

    def approve(self) -> None:
        respondents.approve(
            respondent=self.operator(), by=self.handler, people_who_fit=40, safety_checked=True, at=self.now
        )

    def notify(self) -> None:
        facts = "Workers of this site report the matter named in the case codes. (fictional)"
        respondents.notify(respondent=self.operator(), by=self.handler, facts=facts, at=self.now)

    def operator(self) -> Respondent:
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
