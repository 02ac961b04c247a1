"""The hearing of the training appeal: appointed, attended, opened; the works are recognised."""

import datetime as dt

from examday.domain.appeals.hearing import Asked, Capacity
from examday.services.appeals.hearing import appointments, attendance, opening, own_work
from examday.services.rules.calendars import calendar_of
from examday.services.training.rehearsal.commission import CommissionTrial


class HearingTrial(CommissionTrial):
    """Chair, member, secretary and the appellant come."""

    def hear(self) -> None:
        """Appointed for the second working day from now.

        Present are chair, member, secretary and the appellant.
        """
        with self.as_person("secretary") as uow:
            # Two working days ahead: the notice of a hearing has to reach the appellant before it.
            day = calendar_of(uow).shift(uow.today(), 2)
            at = dt.datetime.combine(day, dt.time(7), dt.UTC)
            appointments.schedule(uow, self.appeal_id, at, "проверка", "in_person")
        for login, capacity in (
            ("chair", Capacity.CHAIR),
            ("member", Capacity.MEMBER),
            ("secretary", Capacity.SECRETARY),
        ):
            person_id = self.person_id(login)
            with self.as_person("secretary") as uow:
                # Nobody organised the exam of a readiness check, so no record can say who did.
                asked = Asked(was_asked=True)
                attendance.attend(uow, self.appeal_id, capacity, person_id, asked=asked)
        with self.as_person("secretary") as uow:
            attendance.attend(uow, self.appeal_id, Capacity.APPELLANT, None, "апеллянт (проверка)")
        with self.as_person("secretary") as uow:
            opening.open_hearing(uow, self.appeal_id)
        with self.as_person("secretary") as uow:
            own_work.confirm_own(uow, self.appeal_id, "yes", "print")
