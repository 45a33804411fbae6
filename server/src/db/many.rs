//! Statements over several patients at once, given as one JSON parameter: one text whatever their number, as it runs
//! in every push and is to be prepared once.

use serde_json::json;
use shared::id::PatientId;

/// The text of a statement over patients for SQLite and for PostgreSQL: what stands before the condition on
/// `patient_id`, and what after it.
macro_rules! of_patients {
    ($sql:literal, $then:literal) => {
        [
            concat!($sql, " WHERE patient_id IN (SELECT unhex(value) FROM json_each($1)) ", $then),
            concat!(
                $sql,
                " WHERE patient_id IN (SELECT CAST(value AS UUID)
                    FROM json_array_elements_text(CAST($1 AS JSON)) AS element (value)) ",
                $then
            ),
        ]
    };
}
pub(crate) use of_patients;

/// Every row of a statement over patients.
macro_rules! list_of_patients {
    ($tx:expr, $patients:expr, $sql:literal, $then:literal) => {{
        const SQL: [&str; 2] = $crate::db::of_patients!($sql, $then);
        let sql = $tx.choose(SQL);
        let patients = $crate::db::given($patients);
        $crate::db::on!(&mut *$tx, c => sqlx::query_as(sql).bind(patients).fetch_all(&mut **c).await)?
    }};
}
pub(crate) use list_of_patients;

/// The parameter of such a statement.
#[must_use]
pub fn given(patients: &[PatientId]) -> String {
    let ids: Vec<String> = patients.iter().map(|patient| patient.as_uuid().simple().to_string()).collect();
    json!(ids).to_string()
}
