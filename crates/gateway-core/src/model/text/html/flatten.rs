//! Any HTML into a small, balanced one: paragraphs, headings, lists, quotes, tables, and marks in them.
//!
//! What only groups (`div`, `section`, `font`, `span` …) is gone; its edges end a paragraph where a browser would. The
//! output has no nesting deeper than [`MAX_DEPTH`], no attribute but `href`, no tag that is not closed, and its length
//! is a small multiple of the input's.

use super::inline::{Counts, LINE_BREAK, Marks};
use super::run::push_text;
use super::scan::{Scanner, Token, attribute};
use super::tags::{heading, is_block};

/// How deep lists, quotes and tables may stand in each other. Twelve lists in one another, or eight tables, are more
/// than any description means; deeper ones lose their form and keep their text.
const MAX_DEPTH: usize = 24;

/// What holds blocks.
#[derive(Debug)]
enum Level {
    Unordered,
    Ordered,
    Item { blocks: u32 },
    Quote,
    Table { head: bool },
    Row,
    Cell { header: bool, blocks: u32, outside: Counts },
}

impl Level {
    fn tag(&self) -> &'static str {
        match self {
            Self::Unordered => "ul",
            Self::Ordered => "ol",
            Self::Item { .. } => "li",
            Self::Quote => "blockquote",
            Self::Table { .. } => "table",
            Self::Row => "tr",
            Self::Cell { header: true, .. } => "th",
            Self::Cell { header: false, .. } => "td",
        }
    }

    fn is_list(&self) -> bool {
        matches!(self, Self::Unordered | Self::Ordered)
    }
}

/// What holds text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Paragraph,
    /// The first paragraph of a list item or a cell, which needs no tag.
    Bare,
    Heading(&'static str),
    Preformatted,
}

#[derive(Debug)]
struct Flattener {
    out: String,
    levels: Vec<Level>,
    /// Levels that were too deep to be opened, and so are not to be closed.
    too_deep: usize,
    block: Option<Block>,
    /// The block that the next text opens.
    next: Block,
    marks: Marks,
    /// Line breaks since the last text of this block.
    breaks: u32,
    /// White space since the last text of this block.
    space: bool,
    superscript: bool,
}

/// Flattens HTML; see the module. A text without any tag keeps its line breaks.
pub(super) fn flatten(html: &str) -> String {
    let mut flat = Flattener {
        out: String::with_capacity(html.len()),
        levels: Vec::new(),
        too_deep: 0,
        block: None,
        next: Block::Paragraph,
        marks: Marks::default(),
        breaks: 0,
        space: false,
        superscript: false,
    };
    let has_tags = Scanner::new(html).any(|token| !matches!(token, Token::Text(_)));
    for token in Scanner::new(html) {
        match token {
            Token::Text(text) if has_tags => flat.text(text),
            Token::Text(text) => flat.lines(text),
            Token::Start(name, attributes) => flat.start(&name.to_ascii_lowercase(), attributes),
            Token::End(name) => flat.end(&name.to_ascii_lowercase()),
        }
    }
    flat.pop_to(0);
    flat.end_block();
    flat.out
}

impl Flattener {
    fn start(&mut self, name: &str, attributes: &str) {
        if self.marks.start(name) {
            return;
        }
        match name {
            "a" => {
                let address = attribute(attributes, "href").filter(|address| !address.trim().is_empty());
                self.marks.set_link(address, &mut self.out);
            }
            "img" => {
                if let Some(text) = attribute(attributes, "alt") {
                    self.space = true;
                    self.text(text);
                    self.space = true;
                }
            }
            "br" if self.block.is_some() => self.breaks = self.breaks.saturating_add(1),
            "br" => {}
            "sup" => self.superscript = true,
            "hr" => {
                self.end_block();
                if !self.between_cells() {
                    self.out.push_str("<hr>");
                }
            }
            "ul" | "menu" | "dir" => self.push(Level::Unordered),
            "ol" => self.push(Level::Ordered),
            "li" => self.start_item(),
            "blockquote" => self.push(Level::Quote),
            "table" => self.push(Level::Table { head: false }),
            "thead" | "tbody" | "tfoot" => {
                self.end_block();
                if let Some(table) = self.find_table() {
                    self.pop_to(table + 1);
                    if let Some(Level::Table { head }) = self.levels.last_mut() {
                        *head = name == "thead";
                    }
                }
            }
            "tr" => self.start_row(),
            "td" => self.start_cell(false),
            "th" => self.start_cell(true),
            "caption" => self.end_block(),
            "pre" => {
                self.end_block();
                self.next = Block::Preformatted;
            }
            _ => {
                if is_block(name) {
                    self.end_block();
                    self.next = heading(name).map_or(Block::Paragraph, Block::Heading);
                }
            }
        }
    }

    fn end(&mut self, name: &str) {
        if self.marks.end(name) {
            return;
        }
        match name {
            "a" => self.marks.set_link(None, &mut self.out),
            "sup" => self.superscript = false,
            "ul" | "ol" | "menu" | "dir" => self.end_level(Level::is_list),
            "li" => self.end_level(|level| matches!(level, Level::Item { .. })),
            "blockquote" => self.end_level(|level| matches!(level, Level::Quote)),
            "tr" => self.end_level(|level| matches!(level, Level::Row)),
            "td" | "th" => self.end_cell(),
            "table" => {
                self.end_block();
                if self.too_deep > 0 {
                    self.too_deep -= 1;
                } else if let Some(table) = self.find_table() {
                    self.pop_to(table);
                }
            }
            _ => {
                if is_block(name) {
                    self.end_block();
                }
            }
        }
    }

    /// A text without tags: a line is a line, an empty one ends a paragraph.
    fn lines(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.start("br", "");
            }
            self.text(line);
        }
    }

    fn text(&mut self, text: &str) {
        let preformatted = self.block.unwrap_or(self.next) == Block::Preformatted;
        if preformatted && (self.block.is_some() || !text.trim().is_empty()) {
            return self.preformatted(text);
        }
        if text.trim().is_empty() {
            self.space |= !text.is_empty() && self.block.is_some();
            return;
        }
        if self.breaks > 1 && !matches!(self.block, Some(Block::Heading(_))) {
            self.end_block();
        }
        let text = if self.block.is_none() {
            self.open_block();
            text.trim_start()
        } else {
            text
        };
        let broken = std::mem::take(&mut self.breaks) > 0;
        let in_heading = matches!(self.block, Some(Block::Heading(_)));
        let between = match (broken, std::mem::take(&mut self.space)) {
            (true, _) if in_heading => " ",
            (true, _) => LINE_BREAK,
            (false, true) => " ",
            (false, false) => "",
        };
        self.marks.prepare(between, &mut self.out);
        push_text(text, self.superscript, &mut self.out);
    }

    /// Text whose white space means something, and which has no marks.
    fn preformatted(&mut self, text: &str) {
        if self.block.is_none() {
            self.open_block();
        }
        for _ in 0..std::mem::take(&mut self.breaks) {
            self.out.push('\n');
        }
        push_text(text, false, &mut self.out);
    }

    /// Opens the block that the next text stands in; between a table's cells there is none, so a cell is opened too.
    fn open_block(&mut self) {
        if self.between_cells() {
            let next = self.next;
            self.start_cell(false);
            self.next = next;
        }
        let first = match self.levels.last_mut() {
            Some(Level::Item { blocks } | Level::Cell { blocks, .. }) => {
                *blocks = blocks.saturating_add(1);
                *blocks == 1
            }
            _ => false,
        };
        let block = if first && self.next == Block::Paragraph { Block::Bare } else { self.next };
        match block {
            Block::Paragraph => self.out.push_str("<p>"),
            Block::Bare => {}
            Block::Heading(tag) => self.out.extend(["<", tag, ">"]),
            Block::Preformatted => self.out.push_str("<pre><code>"),
        }
        self.block = Some(block);
        self.breaks = 0;
        self.space = false;
    }

    fn end_block(&mut self) {
        self.marks.close_all(&mut self.out);
        match self.block.take() {
            Some(Block::Paragraph) => self.out.push_str("</p>"),
            Some(Block::Heading(tag)) => self.out.extend(["</", tag, ">"]),
            Some(Block::Preformatted) => self.out.push_str("</code></pre>"),
            Some(Block::Bare) | None => {}
        }
        self.next = Block::Paragraph;
        self.breaks = 0;
        self.space = false;
        self.superscript = false;
    }

    /// Whether the place is inside a table, but not inside a cell of it.
    fn between_cells(&self) -> bool {
        matches!(self.levels.last(), Some(Level::Table { .. } | Level::Row))
    }

    fn push(&mut self, level: Level) {
        self.end_block();
        let part_of_table = matches!(level, Level::Row | Level::Cell { .. });
        if self.between_cells() && !part_of_table {
            self.start_cell(false);
        }
        // A table that is open has its rows and cells: text between them would be moved about by the parser.
        if self.levels.len() >= MAX_DEPTH && !part_of_table {
            self.too_deep = self.too_deep.saturating_add(1);
            return;
        }
        self.out.extend(["<", level.tag(), ">"]);
        self.levels.push(level);
    }

    /// Closes levels until `depth` are left.
    fn pop_to(&mut self, depth: usize) {
        while self.levels.len() > depth {
            self.end_block();
            if let Some(level) = self.levels.pop() {
                if let Level::Cell { outside, .. } = level {
                    self.marks.restore(outside);
                } else if self.remove_end(level.tag()) {
                    // Nothing was in it; but a cell keeps its place in the row.
                    continue;
                }
                self.out.extend(["</", level.tag(), ">"]);
            }
        }
    }

    /// Takes a start tag back that stands at the end of the output.
    fn remove_end(&mut self, tag: &str) -> bool {
        let before = self
            .out
            .strip_suffix('>')
            .and_then(|out| out.strip_suffix(tag))
            .and_then(|out| out.strip_suffix('<'));
        match before.map(str::len) {
            Some(len) => {
                self.out.truncate(len);
                true
            }
            None => false,
        }
    }

    /// Closes the innermost level of a kind, unless it lies outside the cell.
    fn end_level(&mut self, kind: impl Fn(&Level) -> bool) {
        self.end_block();
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(depth) = self.find(kind) {
            self.pop_to(depth);
        }
    }

    fn find(&self, kind: impl Fn(&Level) -> bool) -> Option<usize> {
        let inside_cell =
            self.levels.iter().rev().take_while(|level| !matches!(level, Level::Cell { .. })).count();
        let cell = self.levels.len() - inside_cell;
        self.levels.iter().enumerate().skip(cell).rev().find(|(_, level)| kind(level)).map(|(depth, _)| depth)
    }

    fn find_table(&self) -> Option<usize> {
        self.levels.iter().rposition(|level| matches!(level, Level::Table { .. }))
    }

    fn start_item(&mut self) {
        self.end_block();
        match self.find(Level::is_list) {
            Some(list) => self.pop_to(list + 1),
            None => self.push(Level::Unordered),
        }
        self.push(Level::Item { blocks: 0 });
    }

    fn start_row(&mut self) {
        self.end_block();
        if let Some(table) = self.find_table() {
            self.pop_to(table + 1);
            self.push(Level::Row);
        }
    }

    fn start_cell(&mut self, header: bool) {
        self.end_block();
        let Some(table) = self.find_table() else { return };
        match self.levels.get(table + 1) {
            Some(Level::Row) => self.pop_to(table + 2),
            _ => self.start_row(),
        }
        let in_head = matches!(self.levels.get(table), Some(Level::Table { head: true }));
        self.push(Level::Cell { header: header || in_head, blocks: 0, outside: self.marks.counts() });
    }

    fn end_cell(&mut self) {
        self.end_block();
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(cell) = self.levels.iter().rposition(|level| matches!(level, Level::Cell { .. })) {
            self.pop_to(cell);
        }
    }
}
