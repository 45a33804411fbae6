//! The ward's tablet: prepared by a nurse for her patients alone, handed over, locked meanwhile.

use std::time::Duration;

use serde_json::{Value, json};
use shared::{
    api::{DeviceSessionRequest, HandoverReply, LockReply, PatientReply, ProblemKind, StaffReply, UnlockRequest},
    id::{DeviceId, PatientId},
    people::{DeviceKind, Role},
    sync::{protocol::PatientBundle, signing::DeviceKey},
};

use crate::support::{Client, Reply, TestApp, on_both_databases, patient::enrol};

async fn prepare(nurse: &Client, patient: PatientId, device: Option<DeviceId>) -> Reply {
    prepare_with(nurse, patient, device, &tablets_key()).await
}

async fn prepare_with(nurse: &Client, patient: PatientId, device: Option<DeviceId>, key: &DeviceKey) -> Reply {
    let request = json!({ "device": device, "public_key": key.public().text() });
    nurse.post(&format!("/api/patients/{patient}/handover"), &request).await
}

/// The key that the tablet makes where no story is told of it.
fn tablets_key() -> DeviceKey {
    DeviceKey::from_secret(&[9; 32]).unwrap()
}

async fn open_session(app: &TestApp, handover: &HandoverReply) -> (Client, Reply) {
    let tablet = app.client();
    tablet.hold(handover.device, tablets_key());
    let request = DeviceSessionRequest { device: handover.device, credential: handover.credential.clone() };
    let reply = tablet.post("/api/device/session", &request).await;
    (tablet, reply)
}

async fn kinds(nurse: &Client, patient: PatientId) -> Vec<DeviceKind> {
    let file: PatientReply = nurse.get(&format!("/api/patients/{patient}")).await.ok();
    file.devices.iter().map(|line| line.kind).collect()
}

fn given(device: DeviceId, staff: &StaffReply, respondent: &Value) -> Value {
    json!({
        "device": device, "at": "2026-03-02T08:00:00Z", "staff": staff.staff,
        "checked": ["name", "registry_number"], "respondent": respondent,
    })
}

on_both_databases! {
    async fn a_prepared_tablet_has_all_that_answering_without_network_needs(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let handover: HandoverReply = prepare(&nurse, patient, None).await.ok();
        assert_eq!((handover.patient.registry_number.as_str(), handover.patient.name.as_str()), ("R-1", "Lefèvre Émile"));
        assert_eq!(handover.bundle.patient, patient);
        assert!(handover.bundle.sheets.iter().any(|sheet| sheet.definition.instrument.key.as_str() == "qlq-c30"));
        assert_eq!(kinds(&nurse, patient).await, [DeviceKind::Ward]);
        let (tablet, opened) = open_session(&app, &handover).await;
        assert_eq!(opened.status, 204);
        let bundle: PatientBundle = tablet.get("/api/sync/bundle").await.ok();
        assert_eq!(bundle, handover.bundle, "what the device is sent later");
        let audit = "SELECT COUNT(*) FROM audit JOIN staff ON staff.staff_id = audit.staff_id
            WHERE operation = 'prepare_tablet' AND username = 'claire' AND log = 'clinical'";
        assert_eq!(app.count(audit).await, 1);
    }

    async fn a_tablet_prepared_again_stays_one_device_and_its_former_credential_stops(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let first: HandoverReply = prepare(&nurse, patient, None).await.ok();
        let (tablet, _) = open_session(&app, &first).await;
        let second: HandoverReply = prepare(&nurse, patient, Some(first.device)).await.ok();
        assert_eq!((second.device, kinds(&nurse, patient).await.len()), (first.device, 1));
        assert_eq!(tablet.get("/api/sync/bundle").await.refusal(), ProblemKind::NotSignedIn);
        assert_eq!(open_session(&app, &first).await.1.refusal(), ProblemKind::WrongCredentials);
        assert_eq!(open_session(&app, &second).await.1.status, 204);

        let other = DeviceKey::from_secret(&[10; 32]).unwrap();
        let rekeyed: HandoverReply = prepare_with(&nurse, patient, Some(first.device), &other).await.ok();
        let (tablet, former_key) = open_session(&app, &rekeyed).await;
        assert_eq!(former_key.refusal(), ProblemKind::BadSignature);
        tablet.hold(rekeyed.device, other);
        let opening = DeviceSessionRequest { device: rekeyed.device, credential: rekeyed.credential };
        assert_eq!(tablet.post("/api/device/session", &opening).await.status, 204);

        let path = format!("/api/patients/{patient}/devices/{}/revoke", first.device);
        assert!(nurse.post(&path, &json!({})).await.status.is_success());
        let third: HandoverReply = prepare(&nurse, patient, Some(first.device)).await.ok();
        assert_ne!(third.device, first.device, "what was given back is not handed over again");
    }

    async fn a_tablet_takes_over_no_device_but_its_own_of_this_patient(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let (one, other) = (enrol(&nurse, "R-1").await, enrol(&nurse, "R-2").await);
        let of_other: HandoverReply = prepare(&nurse, other, None).await.ok();
        let of_one: HandoverReply = prepare(&nurse, one, Some(of_other.device)).await.ok();
        assert_ne!(of_one.device, of_other.device);
        assert_eq!(open_session(&app, &of_other).await.1.status, 204, "it is as it was");
        let phone = crate::support::Phone::of(&app, &nurse, one).await;
        let ward: HandoverReply = prepare(&nurse, one, Some(phone.device)).await.ok();
        assert_ne!(ward.device, phone.device, "the patient's own phone is not the ward's");
    }

    async fn nobody_but_a_nurse_of_the_patient_prepares_a_tablet(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let elsewhere = app.nurse("benoit", &["south"]).await;
        assert_eq!(prepare(&elsewhere, patient, None).await.refusal(), ProblemKind::NotFound);
        for (name, role) in [("hugo", Role::Investigator), ("admin", Role::DataManager)] {
            app.add_staff(name, role, &[]).await;
            let other = app.sign_in(name).await;
            assert_eq!(prepare(&other, patient, None).await.refusal(), ProblemKind::Forbidden);
        }
        assert_eq!(prepare(&app.client(), patient, None).await.refusal(), ProblemKind::NotSignedIn);
        assert_eq!(app.count("SELECT COUNT(*) FROM device").await, 0);
    }

    async fn a_hand_over_is_in_the_trail_and_a_proxy_is_refused(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let staff: StaffReply = nurse.get("/api/staff/me").await.ok();
        let patient = enrol(&nurse, "R-1").await;
        let handover: HandoverReply = prepare(&nurse, patient, None).await.ok();
        let path = format!("/api/patients/{patient}/handover/given");
        let helped = json!({ "patient_assisted": "read_aloud_by_staff" });
        assert_eq!(nurse.post(&path, &given(handover.device, &staff, &helped)).await.status, 204);
        let audit = "SELECT COUNT(*) FROM audit WHERE operation = 'give_tablet' AND detail LIKE '%read_aloud_by_staff%'
            AND detail LIKE '%registry_number%' AND detail NOT LIKE '%R-1%'";
        assert_eq!(app.count(audit).await, 1);

        let proxy = given(handover.device, &staff, &json!("proxy"));
        assert_eq!(nurse.post(&path, &proxy).await.refusal(), ProblemKind::Refused);
        let mut once = given(handover.device, &staff, &json!("patient"));
        once["checked"] = json!(["name"]);
        assert_eq!(nurse.post(&path, &once).await.refusal(), ProblemKind::Refused);
        let phone = crate::support::Phone::of(&app, &nurse, patient).await;
        let own = given(phone.device, &staff, &json!("patient"));
        assert_eq!(nurse.post(&path, &own).await.refusal(), ProblemKind::NotFound);
        let elsewhere = app.nurse("benoit", &["south"]).await;
        let theirs = given(handover.device, &staff, &json!("patient"));
        assert_eq!(elsewhere.post(&path, &theirs).await.refusal(), ProblemKind::NotFound);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE operation = 'give_tablet'").await, 1);
    }

    async fn a_locked_session_does_nothing_until_its_secret_comes(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let patient = enrol(&nurse, "R-1").await;
        let LockReply { unlock } = nurse.post("/api/staff/lock", &json!({})).await.ok();
        let file = format!("/api/patients/{patient}");
        assert_eq!(nurse.get(&file).await.refusal(), ProblemKind::NotSignedIn);
        assert_eq!(nurse.get("/api/staff/me").await.refusal(), ProblemKind::NotSignedIn);
        assert_eq!(nurse.post("/api/staff/lock", &json!({})).await.refusal(), ProblemKind::NotSignedIn);
        let wrong = UnlockRequest { unlock: "wrong".to_owned() };
        assert_eq!(nurse.post("/api/staff/unlock", &wrong).await.refusal(), ProblemKind::NotSignedIn);

        app.clock.advance(Duration::from_mins(40));
        let former = nurse.cookie();
        let staff: StaffReply = nurse.post("/api/staff/unlock", &UnlockRequest { unlock: unlock.clone() }).await.ok();
        assert_eq!(staff.username, "claire");
        assert!(nurse.get(&file).await.status.is_success(), "a questionnaire takes longer than an idle session lasts");
        assert_ne!(nurse.cookie(), former, "under a new reference");
        let stale = app.client();
        stale.set_cookie(former);
        assert_eq!(stale.post("/api/staff/unlock", &UnlockRequest { unlock }).await.refusal(), ProblemKind::NotSignedIn);
    }

    async fn a_locked_session_ends_with_its_day_and_can_be_signed_out(app: TestApp) {
        let nurse = app.nurse("claire", &["toulouse"]).await;
        let LockReply { unlock } = nurse.post("/api/staff/lock", &json!({})).await.ok();
        app.clock.advance(Duration::from_hours(12));
        let late = nurse.post("/api/staff/unlock", &UnlockRequest { unlock }).await;
        assert_eq!(late.refusal(), ProblemKind::NotSignedIn);

        let nurse = app.sign_in("claire").await;
        let LockReply { unlock } = nurse.post("/api/staff/lock", &json!({})).await.ok();
        let cookie = nurse.cookie();
        assert_eq!(nurse.post("/api/staff/sign-out", &json!({})).await.status, 204);
        nurse.set_cookie(cookie);
        let gone = nurse.post("/api/staff/unlock", &UnlockRequest { unlock }).await;
        assert_eq!(gone.refusal(), ProblemKind::NotSignedIn);
    }
}
