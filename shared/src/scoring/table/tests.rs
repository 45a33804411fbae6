//! What a table gives, and everything that can be wrong with one.

use std::io::{self, Read, Write};

use super::{LONGEST_ROW, TableError, Watch, score_csv, score_csv_watched};
use crate::instrument::catalog::Catalog;

fn scored(key: &str, table: &[u8]) -> Result<String, String> {
    let catalog = Catalog::shipped().unwrap();
    let definition = catalog.find_latest(&key.parse().unwrap()).unwrap();
    let mut out = Vec::new();
    match score_csv(definition, table, &mut out) {
        Ok(_) => Ok(String::from_utf8(out).unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

fn epices(table: &str) -> Result<String, String> {
    scored("epices", table.as_bytes())
}

const HEADER: &str = "id,e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,e11";

#[test]
fn other_columns_are_carried_through_before_the_scores_whatever_their_place() {
    let table =
        "e11,id,e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,note\n0,A,0,0,0,0,0,0,0,0,0,0,\"a, b\"\n,B,0,0,0,0,0,0,0,0,0,0,\n";
    assert_eq!(epices(table).unwrap(), "id,note,EPICES,DEPRIVED\nA,\"a, b\",75.14,1\nB,,,\n");
}

#[test]
fn a_missing_answer_of_one_row_is_not_filled_from_the_row_before() {
    let table = format!("{HEADER}\nA,0,0,0,0,0,0,0,0,0,0,0\nB,,,,,,,,,,,\nC,1,1,1,1,1,1,1,1,1,1,1\n");
    assert_eq!(epices(&table).unwrap(), "id,EPICES,DEPRIVED\nA,75.14,1\nB,,\nC,24.86,0\n");
}

#[test]
fn a_byte_order_mark_crlf_and_quotes_are_read_over() {
    let table = format!("\u{feff}{HEADER}\r\nA,\"0\",0,0,0,0,0,0,0,0,0,0\r\n");
    assert_eq!(epices(&table).unwrap(), "id,EPICES,DEPRIVED\nA,75.14,1\n");
}

#[test]
fn a_header_alone_gives_a_header_alone() {
    assert_eq!(epices(HEADER).unwrap(), "id,EPICES,DEPRIVED\n");
}

#[test]
fn a_header_that_does_not_fit_is_refused_with_what_to_do() {
    let without_e11 = HEADER.trim_end_matches(",e11");
    let refused = [
        (
            String::new(),
            "the table is empty; the first line names the columns, such as e1,e2,e3,e4,e5,e6,e7,e8,e9,e10,e11",
        ),
        (HEADER.replace(',', ";"), "the columns are separated by semicolons; save the table with commas"),
        (HEADER.replace(',', "\t"), "the columns are separated by tabs; save the table with commas"),
        (
            format!("{without_e11},E11"),
            "epices 1.0 needs columns that are not there: e11; name columns by item code; leave a column empty for what was not asked",
        ),
        (format!("{HEADER},e3"), "column e3 stands twice; give every column a name of its own"),
        (format!("{HEADER},EPICES"), "column EPICES has the name of a scale; rename it: the score goes there"),
    ];
    for (header, words) in refused {
        assert_eq!(epices(&format!("{header}\n")).unwrap_err(), words);
    }
    assert!(scored("situation", b"id\n").unwrap_err().starts_with("situation 1.0 has no scales"));
}

#[test]
fn what_is_not_an_answer_stops_the_table_with_row_column_and_allowed_codes() {
    for value in ["2", "-1", "NaN", "NA", "1e308", "+1", "1.0", " 1", "yes", "99999999999999999999"] {
        let table = format!("{HEADER}\nA,0,0,0,0,0,0,0,0,0,0,0\nB,0,0,{value},0,0,0,0,0,0,0,0\n");
        let words = "row 2 (line 3), column e3: what stands there is not an answer; e3 takes one of 1, 0, or nothing when missing";
        assert_eq!(epices(&table).unwrap_err(), words);
    }
    let table = "MO,SC,UA,PD,AD,VAS\n1,1,1,1,1,101\n";
    let words = "row 1 (line 2), column VAS: what stands there is not an answer; VAS takes a whole number from 0 to 100, or nothing when missing";
    assert_eq!(scored("eq-5d-5l", table.as_bytes()).unwrap_err(), words);
}

#[test]
fn a_row_that_is_not_a_row_stops_the_table_with_its_line() {
    let short = format!("{HEADER}\nA,0,0\n");
    let words = "line 2: it has 3 columns where the header has 12; check its commas and quotes";
    assert_eq!(epices(&short).unwrap_err(), words);
    let latin1 = [HEADER.as_bytes(), b"\nRen\xe9,0,0,0,0,0,0,0,0,0,0,0\n"].concat();
    assert_eq!(scored("epices", &latin1).unwrap_err(), "line 2: it is not UTF-8; save the table as UTF-8");
    let header = b"id;\xe9\n";
    assert_eq!(scored("epices", header).unwrap_err(), "line 1: it is not UTF-8; save the table as UTF-8");
}

#[test]
fn what_cannot_be_read_or_written_is_told_apart_from_a_bad_table() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let catalog = Catalog::shipped().unwrap();
    let epices = catalog.find_latest(&"epices".parse().unwrap()).unwrap();
    assert!(matches!(score_csv(epices, Broken, Vec::new()), Err(TableError::Read(_))));
    assert!(matches!(score_csv(epices, HEADER.as_bytes(), Broken), Err(TableError::Write(_))));
}

#[test]
fn a_row_without_end_is_refused_and_not_kept_in_memory() {
    /// Gives one row of a gigabyte, and says how much of it was asked for.
    struct Endless<'a>(&'a mut usize);
    impl Read for Endless<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = buffer.len().min((1_usize << 30).saturating_sub(*self.0));
            buffer[..n].fill(b'0');
            *self.0 += n;
            Ok(n)
        }
    }
    let catalog = Catalog::shipped().unwrap();
    let epices = catalog.find_latest(&"epices".parse().unwrap()).unwrap();
    for opening in [String::new(), format!("{HEADER}\nA,"), format!("{HEADER}\nA,0,0,0,0,0,0,0,0,0,0,0\n\"")] {
        let mut n_read = 0;
        let refusal = score_csv(epices, opening.as_bytes().chain(Endless(&mut n_read)), Vec::new()).unwrap_err();
        let line = opening.lines().count().max(1);
        let words =
            format!("line {line}: it is longer than 1048576 bytes; is it one table, and are its quotes closed?");
        assert_eq!(refusal.to_string(), words);
        assert!(n_read < 3 * LONGEST_ROW, "{n_read} bytes were read");
    }
}

#[test]
fn who_watches_may_leave_bad_rows_out_and_hear_of_every_one() {
    #[derive(Default)]
    struct Told(Vec<String>, u64);
    impl Watch for Told {
        fn wrong_row(&mut self, error: TableError) -> Result<(), TableError> {
            self.0.push(error.to_string());
            Ok(())
        }
        fn scored_row(&mut self) {
            self.1 += 1;
        }
    }
    let zeros = "0,0,0,0,0,0,0,0,0,0";
    let table = [
        format!("{HEADER}\nA,{zeros},0\nB,{zeros},2\nC,{zeros}\n").into_bytes(),
        b"Ren\xe9,0,0,0,0,0,0,0,0,0,0,0\n".to_vec(),
        format!("D,{zeros},1\n").into_bytes(),
    ]
    .concat();
    let catalog = Catalog::shipped().unwrap();
    let epices = catalog.find_latest(&"epices".parse().unwrap()).unwrap();
    let (mut out, mut told) = (Vec::new(), Told::default());
    assert_eq!(score_csv_watched(epices, table.as_slice(), &mut out, &mut told).unwrap(), 2);
    assert_eq!(String::from_utf8(out).unwrap(), "id,EPICES,DEPRIVED\nA,75.14,1\nD,68.04,1\n");
    let words = [
        "row 2 (line 3), column e11: what stands there is not an answer; e11 takes one of 1, 0, or nothing when missing",
        "line 4: it has 11 columns where the header has 12; check its commas and quotes",
        "line 5: it is not UTF-8; save the table as UTF-8",
    ];
    assert_eq!((told.0, told.1), (words.map(str::to_owned).to_vec(), 2));
}

#[test]
fn pro_ctcae_takes_one_row_per_symptom() {
    let table = "id,symptom,rank,A,B,C\nx,17,7,1,2,2\ny,17,,0,,\nz,16,1,3,,\nv,5,,1,,\n";
    let scored = scored("pro-ctcae", table.as_bytes()).unwrap();
    assert_eq!(scored, "id,symptom,rank,COMP,COMP_IMPUTED\nx,17,7,2,2\ny,17,,,0\nz,16,1,2,2\nv,5,,,\n");
}

#[test]
fn a_row_that_is_no_symptom_of_pro_ctcae_is_refused() {
    let refused = [
        (
            "81,7,1,1,1",
            "column symptom: what stands there is not an answer; symptom takes the number of a symptom, from 1 to 80",
        ),
        (
            ",7,1,1,1",
            "column symptom: what stands there is not an answer; symptom takes the number of a symptom, from 1 to 80",
        ),
        ("17,6,1,1,1", "column rank: what stands there is not an answer; rank takes 7"),
        ("5,1,1,,", "column rank: what stands there is not an answer; rank takes nothing for this symptom"),
        ("17,7,5,1,1", "column A: what stands there is not an answer; A takes one of 0, 1, 2, 3, 4"),
        ("16,1,1,2,", "column B: what stands there is not an answer; B takes nothing for this symptom"),
    ];
    for (row, words) in refused {
        let told = scored("pro-ctcae", format!("symptom,rank,A,B,C\n{row}\n").as_bytes()).unwrap_err();
        assert_eq!(told, format!("row 1 (line 2), {words}, or nothing when missing"));
    }
}
