"""Two accounts that between them see every row of the Admin section."""

from commitments.models import Institution
from irm.models import Assessment, MilestoneFinding, Report
from tests.factories import InstitutionFactory, MembershipFactory, administrator, nations
from tests.signing_in import TrackerClient, sign_in

ASSESSORS = {Report, Assessment, MilestoneFinding}


class Colleagues:
    """Two accounts, since nobody holds both voices; each row is seen by one of them."""

    def __init__(self):
        self.government, self.assessor = administrator(), administrator()
        MembershipFactory(account=self.assessor, role="irm_researcher")
        for nation in nations():
            home = InstitutionFactory(nation=nation)
            for role in ("point_of_contact", "civil_society_lead"):
                MembershipFactory(account=self.government, role=role, institution=home)
        self.clients = [
            sign_in(TrackerClient(), account) for account in (self.government, self.assessor)
        ]

    def take_part(self):
        for institution in Institution.objects.exclude(memberships__account=self.government):
            MembershipFactory(account=self.government, role="lead", institution=institution)

    def account_of(self, model):
        return self.assessor if model in ASSESSORS else self.government

    def of(self, model):
        return self.clients[model in ASSESSORS]
