//! One A4 page written from the top down: paragraphs, numbered steps, a QR code made of rectangles.

use anyhow::{Context as _, bail};
use krilla::{
    Document,
    color::luma,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    page::PageSettings,
    paint::{Fill, Stroke},
    text::{Font, TextDirection},
};
use qrcodegen::{QrCode, QrCodeEcc};
use ttf_parser::Face;

/// A4 in points.
const WIDTH: f32 = 595.276;
const HEIGHT: f32 = 841.89;
/// White on every side, 18 mm.
const MARGIN: f32 = 51.0;
/// How far steps stand in from their numbers.
const INDENT: f32 = 31.0;
/// From line to line, in sizes of the text.
const LEADING: f32 = 1.38;
/// Light modules around a QR code.
const QUIET_ZONE: i32 = 4;

/// How thick letters are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Weight {
    /// Running text.
    Regular,
    /// What is looked for.
    Bold,
}

/// A face of `DejaVu` Sans: to draw with, and to measure with.
struct Cut {
    font: Font,
    face: Face<'static>,
}

impl Cut {
    fn new(bytes: &'static [u8]) -> anyhow::Result<Self> {
        let font = Font::new(bytes.into(), 0).context("the font cannot be drawn with")?;
        Ok(Self { font, face: Face::parse(bytes, 0)? })
    }

    /// How wide a text is, at size 1; an error if the font lacks a character, rather than a box on paper.
    fn width(&self, text: &str) -> anyhow::Result<f32> {
        let mut width = 0.0;
        for c in text.chars() {
            let glyph = self.face.glyph_index(c).with_context(|| format!("the font has no {c:?}"))?;
            width += f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default());
        }
        Ok(width / f32::from(self.face.units_per_em()))
    }
}

/// What is drawn once all of it has its place.
enum Mark {
    Text { at: Point, weight: Weight, size: f32, text: String },
    Circle { centre: Point, radius: f32 },
    Boxes(Vec<Rect>),
}

/// The page so far.
pub(super) struct Sheet {
    regular: Cut,
    bold: Cut,
    marks: Vec<Mark>,
    /// Where the next line begins, from the top.
    y: f32,
    left: f32,
}

impl Sheet {
    /// An empty page.
    pub(super) fn new() -> anyhow::Result<Self> {
        let (regular, bold) = (Cut::new(dejavu::sans::regular())?, Cut::new(dejavu::sans::bold())?);
        Ok(Self { regular, bold, marks: Vec::new(), y: MARGIN, left: MARGIN })
    }

    /// A text without what the font has no form for: `?` stands in its place.
    pub(super) fn printable(&self, text: &str) -> String {
        let has = |c| self.regular.face.glyph_index(c).is_some() && self.bold.face.glyph_index(c).is_some();
        text.chars().map(|c| if has(c) { c } else { '?' }).collect()
    }

    const fn cut(&self, weight: Weight) -> &Cut {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Leaves room.
    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// One text at each end of a line; the second goes to a line of its own where there is no room.
    pub(super) fn ends_of_line(&mut self, first: &str, last: &str, size: f32) -> anyhow::Result<()> {
        let width = self.regular.width(last)? * size;
        let x = WIDTH - MARGIN - width;
        if x < self.left + self.bold.width(first)? * size + size {
            self.paragraph(first, size, Weight::Bold)?;
            return self.paragraph(last, size, Weight::Regular);
        }
        self.write(self.left, size, Weight::Bold, first.to_owned());
        self.write(x, size, Weight::Regular, last.to_owned());
        self.y += size * LEADING;
        Ok(())
    }

    /// A text in as many lines as it needs.
    pub(super) fn paragraph(&mut self, text: &str, size: f32, weight: Weight) -> anyhow::Result<()> {
        for line in self.lines(text, size, weight)? {
            self.write(self.left, size, weight, line);
            self.y += size * LEADING;
        }
        Ok(())
    }

    /// Begins a step: its number in a circle, its text beside.
    pub(super) fn step(&mut self, number: u8) -> anyhow::Result<()> {
        const RADIUS: f32 = 10.0;
        const SIZE: f32 = 12.0;
        self.y += if self.left > MARGIN { 10.0 } else { 0.0 };
        let (text, centre) = (number.to_string(), Point::from_xy(MARGIN + RADIUS, self.y + 8.0));
        let half = self.bold.width(&text)? * SIZE / 2.0;
        self.marks.push(Mark::Circle { centre, radius: RADIUS });
        let at = Point::from_xy(centre.x - half, centre.y + SIZE * 0.36);
        self.marks.push(Mark::Text { at, weight: Weight::Bold, size: SIZE, text });
        self.left = MARGIN + INDENT;
        Ok(())
    }

    /// Ends the steps.
    pub(super) fn steps_end(&mut self) {
        self.left = MARGIN;
        self.y += 12.0;
    }

    /// A QR code of this side with its white border; a quarter of it may be torn and it still reads.
    pub(super) fn qr(&mut self, text: &str, side: f32) -> anyhow::Result<()> {
        let code = QrCode::encode_text(text, QrCodeEcc::Quartile).context("too long for a QR code")?;
        let module = side / f32::from(i16::try_from(code.size() + 2 * QUIET_ZONE)?);
        let place = |n: i32| i16::try_from(n + QUIET_ZONE).map(|n| f32::from(n) * module);
        let mut modules = Vec::new();
        for row in 0..code.size() {
            let mut column = 0;
            while column < code.size() {
                let dark = (column..code.size()).take_while(|x| code.get_module(*x, row)).count();
                if dark > 0 {
                    let (x, y) = (self.left + place(column)?, self.y + place(row)?);
                    let width = f32::from(u16::try_from(dark)?) * module;
                    modules.push(Rect::from_xywh(x, y, width, module).context("a module of no size")?);
                }
                column += i32::try_from(dark)? + 1;
            }
        }
        self.marks.push(Mark::Boxes(modules)); // one shape: rows drawn apart leave hairlines between them
        self.y += side;
        Ok(())
    }

    /// A line across the page.
    pub(super) fn rule(&mut self) {
        let line = Rect::from_xywh(MARGIN, self.y, WIDTH - 2.0 * MARGIN, 1.2);
        self.marks.push(Mark::Boxes(line.into_iter().collect()));
        self.y += 10.0;
    }

    /// Draws all of it.
    pub(super) fn finish(self, title: &str, language: &str) -> anyhow::Result<Vec<u8>> {
        if self.y > HEIGHT - MARGIN / 2.0 {
            bail!("the letter does not fit on its page: {} of {HEIGHT} points", self.y);
        }
        let mut document = Document::new();
        let about =
            Metadata::new().title(title.to_owned()).language(language.to_owned()).creator("Ressenti".to_owned());
        document.set_metadata(about);
        let settings = PageSettings::from_wh(WIDTH, HEIGHT).context("a page of no size")?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        let ink = Fill { paint: luma::Color::black().into(), ..Fill::default() };
        for mark in &self.marks {
            surface.set_stroke(None);
            surface.set_fill(Some(ink.clone()));
            match mark {
                Mark::Text { at, weight, size, text } => {
                    surface.draw_text(
                        *at,
                        self.cut(*weight).font.clone(),
                        *size,
                        text,
                        false,
                        TextDirection::LeftToRight,
                    );
                }
                Mark::Boxes(boxes) => {
                    let mut path = PathBuilder::new();
                    for rect in boxes {
                        path.push_rect(*rect);
                    }
                    surface.draw_path(&path.finish().context("a path of no points")?);
                }
                Mark::Circle { centre, radius } => {
                    surface.set_fill(None);
                    surface.set_stroke(Some(Stroke {
                        paint: luma::Color::black().into(),
                        width: 1.4,
                        ..Stroke::default()
                    }));
                    surface.draw_path(&circle(*centre, *radius).context("a circle of no points")?);
                }
            }
        }
        surface.finish();
        page.finish();
        document.finish().map_err(|error| anyhow::anyhow!("the letter could not be written: {error:?}"))
    }

    /// Puts a line of text down; its upper edge is where the page stands.
    fn write(&mut self, x: f32, size: f32, weight: Weight, text: String) {
        let at = Point::from_xy(x, self.y + size);
        self.marks.push(Mark::Text { at, weight, size, text });
    }

    /// Breaks a text at its spaces, and a word wider than the page between its characters.
    fn lines(&self, text: &str, size: f32, weight: Weight) -> anyhow::Result<Vec<String>> {
        let (room, cut) = ((WIDTH - MARGIN - self.left) / size, self.cut(weight));
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let Some(line) = lines.last_mut() else { continue };
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if cut.width(&longer)? <= room {
                *line = longer;
                continue;
            }
            let mut rest = String::new();
            for c in word.chars() {
                if cut.width(&rest)? + cut.width(c.encode_utf8(&mut [0; 4]))? > room {
                    lines.push(std::mem::take(&mut rest));
                }
                rest.push(c);
            }
            lines.push(rest);
        }
        lines.retain(|line| !line.is_empty());
        Ok(lines)
    }
}

/// A circle of four curves.
fn circle(centre: Point, radius: f32) -> Option<krilla::geom::Path> {
    /// How far the handles of a quarter of a circle reach.
    const REACH: f32 = 0.552_284_8;
    let (x, y, reach) = (centre.x, centre.y, radius * REACH);
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + reach, x + reach, y + radius, x, y + radius);
    path.cubic_to(x - reach, y + radius, x - radius, y + reach, x - radius, y);
    path.cubic_to(x - radius, y - reach, x - reach, y - radius, x, y - radius);
    path.cubic_to(x + reach, y - radius, x + radius, y - reach, x + radius, y);
    path.close();
    path.finish()
}
