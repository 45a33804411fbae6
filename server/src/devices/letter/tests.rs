//! The letter read back by other people's code: one page, its text, its QR code, nothing over the edge.

use std::sync::Arc;

use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
        InterpreterSettings, SoftMask, font::GlyphRun, hayro_cmap::BfString, interpret_page,
    },
    hayro_syntax::Pdf,
    kurbo::{Affine, BezPath, Rect},
    vello_cpu::color::palette::css::WHITE,
};

use super::{Letter, pdf};

const SECRET: &str = "q7Zk0TQv1nR8yPBy3D9wM2xJc5LhF6gAs4eUoWtVzXI";

fn letter<'a>(language: &'a shared::id::Language, registry_number: &'a str, origin: &'a str) -> Letter<'a> {
    Letter {
        origin,
        secret: SECRET,
        code: "7KQ2M9XA",
        expires_at: "2026-12-01T08:05:00Z".parse().unwrap(),
        registry_number,
        phone: "05 36 49 00 00",
        language,
    }
}

/// Gathers what a reader would copy out of the page, and how large its letters are.
#[derive(Default)]
struct Reader {
    text: String,
}

impl Device<'_> for Reader {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, _: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            match glyph.as_unicode() {
                Some(BfString::Char(c)) => self.text.push(c),
                Some(BfString::String(text)) => self.text.push_str(&text),
                None => self.text.push('\u{fffd}'),
            }
        }
        self.text.push(' ');
    }
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Words without what separates them.
fn packed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn read(bytes: Vec<u8>) -> (String, String) {
    let pdf = Pdf::new(Arc::new(bytes)).unwrap();
    let [page] = pdf.pages().as_ref() else { panic!("not one page") };
    let (width, height) = page.render_dimensions();
    assert!((width - 595.276).abs() < 0.1 && (height - 841.89).abs() < 0.1, "A4");

    let settings = InterpreterSettings::default();
    let mut reader = Reader::default();
    let area = Rect::new(0.0, 0.0, width.into(), height.into());
    let mut context = Context::new(Affine::IDENTITY, area, &InterpreterCache::new(), page.xref(), settings.clone());
    interpret_page(page, &mut context, &mut reader);

    let scale = PixmapSettings { x_scale: 2.0, y_scale: 2.0, bg_color: WHITE };
    let drawn = hayro::render(page, &RenderCache::new(), &settings, &RenderSettings::default(), &scale);
    let (columns, rows) = (usize::from(drawn.width()), usize::from(drawn.height()));
    let pixels = drawn.data();
    let dark = |x: usize, y: usize| pixels[y * columns + x].r < 128;
    for y in 0..rows {
        let at_the_edge = (0..columns).any(|x| dark(x, y) && (x < 80 || x > columns - 80 || y < 60 || y > rows - 40));
        assert!(!at_the_edge, "something is drawn over the edge in row {y}");
    }
    let mut image = rqrr::PreparedImage::prepare_from_bitmap(columns, rows, dark);
    let grids = image.detect_grids();
    let [grid] = grids.as_slice() else { panic!("{} QR codes", grids.len()) };
    (packed(&reader.text), grid.decode().unwrap().1)
}

#[test]
fn a_letter_is_one_page_whose_text_and_qr_code_others_can_read() {
    for (tag, words) in [
        ("fr", ["Vosquestionnairesdequalitédevie", "jusqu’au1erdécembre2026à9h05", "NuméroderegistreR-0042"]),
        ("en", ["Yourquality-of-lifequestionnaires", "until1December2026at9:05", "RegistrynumberR-0042"]),
    ] {
        let language = tag.parse().unwrap();
        let (text, qr) = read(pdf(&letter(&language, "R-0042", "https://ressenti.example")).unwrap());
        assert_eq!(qr, format!("https://ressenti.example/#e={SECRET}"));
        for word in words.into_iter().chain(["7KQ2-M9XA", "0536490000", "ressenti.example"]) {
            assert!(text.contains(word), "{word} is not in {text}");
        }
        assert!(!text.contains('\u{fffd}') && !text.contains(SECRET), "{text}");
    }
}

#[test]
fn the_longest_number_and_address_still_fit_on_the_page() {
    let (language, number) = ("fr".parse().unwrap(), "W".repeat(40));
    let origin = format!("https://{}.example.org:65535", "longue-adresse-d-hopital".repeat(3));
    let (text, qr) = read(pdf(&letter(&language, &number, &origin)).unwrap());
    assert!(text.contains(&number) && qr.starts_with(&origin));
}

#[test]
fn a_number_that_the_font_cannot_print_costs_nobody_their_letter() {
    let language = "fr".parse().unwrap();
    let (text, _) = read(pdf(&letter(&language, "R-漢-7", "https://ressenti.example")).unwrap());
    assert!(text.contains("R-?-7"), "{text}");
}
