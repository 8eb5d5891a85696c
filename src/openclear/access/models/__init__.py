"""The tables of this room. Only this room reads them, and only its commands change them."""

from openclear.access.models.agencies import Agency, AgencyMove, Agreement, AgreementTerm
from openclear.access.models.epochs import CommittedEpoch, Epoch, PolicyVersion, SeenCheckpoint
from openclear.access.models.officers import Affiliation, Officer
from openclear.access.models.orders import Notice, OrderPlace, OrderProof, OrderState
from openclear.access.models.proposals import Proposal
from openclear.access.models.sessions import LockedHandle, SignIn, SignInFailure, Token

__all__ = [
    "Affiliation",
    "Agency",
    "AgencyMove",
    "Agreement",
    "AgreementTerm",
    "CommittedEpoch",
    "Epoch",
    "LockedHandle",
    "Notice",
    "Officer",
    "OrderPlace",
    "OrderProof",
    "OrderState",
    "PolicyVersion",
    "Proposal",
    "SeenCheckpoint",
    "SignIn",
    "SignInFailure",
    "Token",
]
