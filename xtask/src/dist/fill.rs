//! Fills the marks of a text: `{{js}}`, `{{wasm}}`, `{{css}}` (paths on the site, without the slash before),
//! `{{app}}`, `{{base}}`, and in the service worker `{{version}}` and `{{precache}}`.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

/// What each mark stands for.
pub(super) struct Marks(pub(super) BTreeMap<&'static str, String>);

impl Marks {
    /// The file with its marks filled; images and fonts stay as they are.
    pub(super) fn fill(&self, name: &str, bytes: Vec<u8>) -> Result<Vec<u8>> {
        if !["html", "js", "json", "webmanifest"].contains(&super::extension(name)) {
            return Ok(bytes);
        }
        let mut text = String::from_utf8(bytes)?;
        for (mark, value) in &self.0 {
            text = text.replace(&format!("{{{{{mark}}}}}"), value);
        }
        if let Some((_, rest)) = text.split_once("{{") {
            bail!("{name}: nothing is known of the mark {{{{{}", rest.chars().take(20).collect::<String>());
        }
        Ok(text.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(name: &str, text: &str) -> Result<String> {
        let marks = Marks(BTreeMap::from([("js", "assets/a.js".to_owned())]));
        Ok(String::from_utf8(marks.fill(name, text.as_bytes().to_vec())?)?)
    }

    #[test]
    fn a_mark_becomes_the_name_it_stands_for() {
        assert_eq!(fill("boot.js", "import \"/{{js}}\";").unwrap(), "import \"/assets/a.js\";");
    }

    #[test]
    fn an_unknown_mark_stops_the_build() {
        assert!(fill("boot.js", "{{ja}}").is_err());
    }

    #[test]
    fn a_picture_is_left_alone() {
        assert_eq!(fill("icon.svg", "{{js}}").unwrap(), "{{js}}");
    }
}
