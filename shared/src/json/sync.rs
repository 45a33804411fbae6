//! What comes back over the wire, and what a device keeps of an enrolment.

use serde_json::Value;

use super::{Fields, FromJson, objects, word, words};
use crate::{
    api::{ClaimReply, Problem, ProblemKind},
    sync::{
        protocol::{PatientBundle, PullReply, PulledEvent, PushOutcome, PushReply, QuarantineReason, Receipt},
        store::{Enrolment, SealedCredential},
    },
};

objects! {
    PushReply { outcomes }
    Receipt { id position received_at hash }
    PullReply { events cursor more; life }
    PulledEvent { event receipt }
    PatientBundle { revision patient site language study facts sheets; words }
    Enrolment { device patient language sealed wait_until; wrong_tries }
    SealedCredential { iterations salt nonce ciphertext }
    ClaimReply { device patient credential language }
}

impl FromJson for PushOutcome {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        let outcome: String = fields.take("outcome")?;
        match outcome.as_str() {
            "received" => {
                let receipt = Receipt {
                    id: fields.take("id")?,
                    position: fields.take("position")?,
                    received_at: fields.take("received_at")?,
                    hash: fields.take("hash")?,
                };
                fields.end()?;
                Some(Self::Received(receipt))
            }
            "quarantined" => Some(Self::Quarantined {
                id: fields.take("id")?,
                reason: fields.take("reason")?,
                detail: fields.take("detail")?,
                hash: fields.take_or_default("hash")?,
            }),
            _ => None,
        }
    }
}

impl FromJson for QuarantineReason {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_str()?;
        let known = [
            ("unreadable", Self::Unreadable),
            ("unknown_instrument", Self::UnknownInstrument),
            ("unknown_item", Self::UnknownItem),
            ("outside_codes", Self::OutsideCodes),
            ("other_patient", Self::OtherPatient),
            ("other_device", Self::OtherDevice),
            ("id_conflict", Self::IdConflict),
            ("after_submission", Self::AfterSubmission),
            ("unknown_assessment", Self::UnknownAssessment),
            ("revoked_device", Self::RevokedDevice),
        ];
        Some(word(json, &known).unwrap_or(Self::Unlisted))
    }
}

impl FromJson for Problem {
    fn from_json(json: &Value) -> Option<Self> {
        let mut fields = Fields::of(json)?;
        Some(Self {
            kind: fields.take("type")?,
            status: fields.take("status")?,
            title: fields.take("title")?,
            detail: fields.take("detail")?,
        })
    }
}

words! {
    ProblemKind {
        BadRequest = "urn:ressenti:bad-request"
        TooLarge = "urn:ressenti:too-large"
        NotSignedIn = "urn:ressenti:not-signed-in"
        WrongCredentials = "urn:ressenti:wrong-credentials"
        TooManyTries = "urn:ressenti:too-many-tries"
        CodeWrong = "urn:ressenti:code-wrong"
        CodeExpired = "urn:ressenti:code-expired"
        CodeUsed = "urn:ressenti:code-used"
        BadSignature = "urn:ressenti:bad-signature"
        DeviceRevoked = "urn:ressenti:device-revoked"
        Forbidden = "urn:ressenti:forbidden"
        NotFound = "urn:ressenti:not-found"
        Conflict = "urn:ressenti:conflict"
        Refused = "urn:ressenti:refused"
        Protocol = "urn:ressenti:protocol"
        Unavailable = "urn:ressenti:unavailable"
        Fault = "urn:ressenti:fault"
    }
}
