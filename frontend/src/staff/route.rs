//! The staff's pages and their addresses; an address never holds a name, a registry number or a secret.

use shared::{id::PatientId, paper::FormCode, people::Role};

/// A page of the staff's app.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Route {
    /// The first page of whoever is signed in.
    Home,
    /// Who needs the nurse now.
    Worklist,
    /// All patients of her sites.
    Patients,
    /// One patient's file.
    Patient(PatientId),
    /// A patient's access letter.
    Letter(PatientId),
    /// Forms of a patient, to print.
    Paper(PatientId),
    /// Typing in what a patient said on paper or aloud.
    Entry(PatientId),
    /// Looking for a form by its code.
    Forms,
    /// Typing in the form with this code.
    Form(FormCode),
    /// Enrolling a patient.
    Enrol,
    /// The ward's tablet.
    Tablet,
    /// Completion by timepoint and instrument.
    Completion,
    /// Scores over time.
    Scores,
    /// Exports.
    Exports,
    /// The state of the service.
    Health,
    /// The devices, under pseudonyms.
    Devices,
    /// What was set aside.
    SetAside,
    /// The audit trail.
    Audit,
    /// The account of whoever is signed in.
    Account,
}

/// A nurse's pages in the navigation, the first one first.
const NURSE: [Route; 6] = [Route::Worklist, Route::Patients, Route::Enrol, Route::Forms, Route::Tablet, Route::Health];
/// An investigator's pages in the navigation, the first one first.
const INVESTIGATOR: [Route; 3] = [Route::Completion, Route::Scores, Route::Exports];
/// A data manager's pages in the navigation, the first one first.
const DATA_MANAGER: [Route; 5] = [Route::Health, Route::Devices, Route::SetAside, Route::Audit, Route::Exports];

impl Route {
    /// The page at an address; `None` when there is none.
    pub(crate) fn find(path: &str) -> Option<Self> {
        let steps: Vec<&str> = path.strip_prefix("/staff")?.split('/').filter(|step| !step.is_empty()).collect();
        match steps.as_slice() {
            [] => Some(Self::Home),
            ["worklist"] => Some(Self::Worklist),
            ["patients"] => Some(Self::Patients),
            ["patients", patient] => patient.parse().ok().map(Self::Patient),
            ["patients", patient, "letter"] => patient.parse().ok().map(Self::Letter),
            ["patients", patient, "paper"] => patient.parse().ok().map(Self::Paper),
            ["patients", patient, "entry"] => patient.parse().ok().map(Self::Entry),
            ["forms"] => Some(Self::Forms),
            ["forms", code] => code.parse().ok().map(Self::Form),
            ["enrol"] => Some(Self::Enrol),
            ["tablet"] => Some(Self::Tablet),
            ["completion"] => Some(Self::Completion),
            ["scores"] => Some(Self::Scores),
            ["exports"] => Some(Self::Exports),
            ["health"] => Some(Self::Health),
            ["devices"] => Some(Self::Devices),
            ["set-aside"] => Some(Self::SetAside),
            ["audit"] => Some(Self::Audit),
            ["account"] => Some(Self::Account),
            _ => None,
        }
    }

    /// Its address.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Home => "/staff/".to_owned(),
            Self::Worklist => "/staff/worklist".to_owned(),
            Self::Patients => "/staff/patients".to_owned(),
            Self::Patient(patient) => format!("/staff/patients/{patient}"),
            Self::Letter(patient) => format!("/staff/patients/{patient}/letter"),
            Self::Paper(patient) => format!("/staff/patients/{patient}/paper"),
            Self::Entry(patient) => format!("/staff/patients/{patient}/entry"),
            Self::Forms => "/staff/forms".to_owned(),
            Self::Form(code) => format!("/staff/forms/{}", code.as_text()),
            Self::Enrol => "/staff/enrol".to_owned(),
            Self::Tablet => "/staff/tablet".to_owned(),
            Self::Completion => "/staff/completion".to_owned(),
            Self::Scores => "/staff/scores".to_owned(),
            Self::Exports => "/staff/exports".to_owned(),
            Self::Health => "/staff/health".to_owned(),
            Self::Devices => "/staff/devices".to_owned(),
            Self::SetAside => "/staff/set-aside".to_owned(),
            Self::Audit => "/staff/audit".to_owned(),
            Self::Account => "/staff/account".to_owned(),
        }
    }

    /// The pages that a role's navigation offers.
    pub(crate) const fn navigation(role: Role) -> &'static [Self] {
        match role {
            Role::Nurse => &NURSE,
            Role::Investigator => &INVESTIGATOR,
            Role::DataManager => &DATA_MANAGER,
        }
    }

    /// The page in whose place of the navigation this one belongs.
    pub(crate) const fn section(self) -> Self {
        match self {
            Self::Patient(_) | Self::Letter(_) | Self::Paper(_) | Self::Entry(_) => Self::Patients,
            Self::Form(_) => Self::Forms,
            Self::Home
            | Self::Worklist
            | Self::Patients
            | Self::Enrol
            | Self::Forms
            | Self::Tablet
            | Self::Completion
            | Self::Scores
            | Self::Exports
            | Self::Health
            | Self::Devices
            | Self::SetAside
            | Self::Audit
            | Self::Account => self,
        }
    }

    /// What a role sees at this page: itself, its first page for [`Route::Home`], nothing for others' pages.
    ///
    /// This only spares a useless request; what an account may read is the server's to decide.
    pub(crate) fn seen_by(self, role: Role) -> Option<Self> {
        let pages = Self::navigation(role);
        match self {
            Self::Home => pages.first().copied(),
            Self::Account => Some(self),
            Self::Worklist
            | Self::Patients
            | Self::Patient(_)
            | Self::Letter(_)
            | Self::Paper(_)
            | Self::Entry(_)
            | Self::Forms
            | Self::Form(_)
            | Self::Enrol
            | Self::Tablet
            | Self::Completion
            | Self::Scores
            | Self::Exports
            | Self::Health
            | Self::Devices
            | Self::SetAside
            | Self::Audit => pages.contains(&self.section()).then_some(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient() -> PatientId {
        "018f0000-0000-7000-8000-000000000001".parse().unwrap()
    }

    #[test]
    fn every_page_is_found_again_at_its_own_address() {
        let pages = [
            Route::Home,
            Route::Worklist,
            Route::Patients,
            Route::Patient(patient()),
            Route::Letter(patient()),
            Route::Paper(patient()),
            Route::Entry(patient()),
            Route::Forms,
            Route::Form(FormCode::from_random([7, 1, 8, 2, 8])),
            Route::Enrol,
            Route::Tablet,
            Route::Completion,
            Route::Scores,
            Route::Exports,
            Route::Health,
            Route::Devices,
            Route::SetAside,
            Route::Audit,
            Route::Account,
        ];
        for page in pages {
            assert_eq!(Route::find(&page.path()), Some(page));
        }
    }

    #[test]
    fn an_address_that_is_cut_or_strange_is_no_page() {
        for path in ["/", "/staff/patients/12", "/staff/worklist/more", "/staffroom"] {
            assert_eq!(Route::find(path), None, "{path}");
        }
        assert_eq!(Route::find("/staff"), Some(Route::Home));
    }

    #[test]
    fn each_role_starts_at_its_own_first_page_and_sees_no_other_roles_pages() {
        assert_eq!(Route::Home.seen_by(Role::Nurse), Some(Route::Worklist));
        assert_eq!(Route::Home.seen_by(Role::Investigator), Some(Route::Completion));
        assert_eq!(Route::Home.seen_by(Role::DataManager), Some(Route::Health));
        assert_eq!(Route::Health.seen_by(Role::Investigator), None);
        assert_eq!(Route::Audit.seen_by(Role::Nurse), None);
        assert_eq!(Route::Account.seen_by(Role::Investigator), Some(Route::Account));
        assert_eq!(Route::Patient(patient()).seen_by(Role::Investigator), None);
        assert_eq!(Route::Letter(patient()).seen_by(Role::Nurse), Some(Route::Letter(patient())));
    }
}
