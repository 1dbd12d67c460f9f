//! Descriptions: HTML of shops, HTML that means harm, and texts that look like Markdown. What became of them is read by a
//! parser of Markdown.

use gateway_core::model::{Line, Markdown};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

#[test]
fn html_becomes_markdown() {
    for (html, markdown) in [
        ("<h2>Head</h2><p>A <b>b</b> <i>c</i><br>d</p>", "## Head\n\nA **b** *c*  \nd"),
        ("<ul><li>one<li><p>two</p><ul><li>in</ul></ul>", "*   one\n*   two\n    *   in"),
        ("<ol><li>1</li><li>2</li></ol>", "1.  1\n2.  2"),
        ("<a href='https://a.example/x'>y</a>", "[y](https://a.example/x)"),
        ("<table><tr><th>A<th>B<tr><td>1<td>2|3</table>", "| A | B |\n| --- | --- |\n| 1 | 2\\|3 |"),
        ("<table><tr><td>kg</td><td>5</td></tr></table>", "| | |\n| --- | --- |\n| kg | 5 |"),
        ("<table><tr><td><h3>H</h3><p>a</p><td><ul><li>b</ul></table>", "### H\n\na\n\n*   b"),
        ("<img src=x.jpg alt='Front view'>", "Front view"),
        ("<p>a</p><p>&nbsp;</p><br><br><p></p><p>b</p>", "a\n\nb"),
        ("<pre>x  y\n  *z*</pre>", "```\nx  y\n  *z*\n```"),
        ("<blockquote>q</blockquote>", "> q"),
        (
            "<ul><li></li><li>a</li></ul><table><tr><td></td><td>\t</td></tr></table>a\tb",
            "*   a\n\n| | |\n| --- | --- |\n|  |  |\n\na b",
        ),
        ("<b><div>x</div><div>y</div></b>", "**x**\n\n**y**"),
        ("<p><code>a\n\n  b</code>, <code>c<br>d</code></p>", "`a b`, `c`  \n`d`"),
        ("<p>1) a<br>2. b<br>---<br>&amp;copy; &lt;b></p>", "1\\) a  \n2\\. b  \n\\---  \n\\&copy; \\<b>"),
        (
            "<p>Great!</p><p>Look!<a href='https://a.example'>y</a></p>",
            "Great!\n\nLook\\![y](https://a.example/)",
        ),
    ] {
        assert_eq!(Markdown::from_html(html).as_str(), markdown, "of {html}");
    }
}

#[test]
fn a_text_keeps_its_lines_and_is_no_markup() {
    let text = "one *two*\n# three\n\n1. four & five <b>";
    let expected = "one \\*two\\*  \n\\# three\n\n1\\. four & five \\<b>";
    assert_eq!(Markdown::from_text(text).as_str(), expected);
    assert_eq!(Markdown::from_html("Tom &amp; Jerry\nplain").as_str(), "Tom & Jerry  \nplain");
    assert_eq!(Markdown::from_html("a <b and c").as_str(), "a \\<b and c", "text behind a lone < is lost");
}

#[test]
fn hostile_html_is_disarmed() {
    for (html, markdown) in [
        ("a<script>alert(1)</script>b<style>c{}</style>d<!-- e -->", "abd"),
        ("<SCRIPT>alert(1)</sCripT >x<iframe src=y>z</iframe>", "x"),
        ("x<script>never closed", "x"),
        ("<p onclick=\"alert('>')\">a</p><img src=x onerror=alert(1)>", "a"),
        (
            "<a href='javascript:alert(1)'>a</a> <a href=' jAvascript&#58;alert(1)'>b</a> <a href='data:text/html,x'>c</a>",
            "a b c",
        ),
        ("<a href='/relative'>a</a>", "a"),
        (
            "<a href='https://a.example/?\\)[y](javascript:1)'>a</a>",
            "[a](https://a.example/?%5C%29[y]%28javascript:1%29)",
        ),
        ("&lt;script&gt;x&lt;/script&gt;", "\\<script>x\\</script>"),
        ("&lt;\u{200b}script&gt;", "\\<script>"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("<p>a<![CDATA[<b>c</b>]]>d ]]></p>", "a**c**d \\]\\]>"),
        ("a\0b&#0;c", "ab\u{fffd}c"),
        ("<td>a</td></div></table></ul>b", "a\n\nb"),
        ("<svg><script>x</script><text>y</text></svg>z", "z"),
        ("<code>x\n\n&lt;script&gt;y&lt;/script&gt;</code>", "`x <script>y</script>`"),
        ("<code>a<br># b &lt;i&gt;</code>", "`a`  \n`# b <i>`"),
        ("<blockquote><code>x\n\n&lt;script&gt;</code></blockquote>", "> `x <script>`"),
        (
            "<table><tr><td><code>a\\|&lt;script&gt;x</code><td><code>&lt;b></code></table>",
            "| | |\n| --- | --- |\n| a\\\\\\|\\<script>x | `<b>` |",
        ),
        ("<code>&#x200b;</code>&lt;<code>`&lt;script></code>", "\\<`` `<script> ``"),
        ("&lt;<a href='javascript:x'>script></a>", "\\<script>"),
        ("&lt;<b>&#x200b;</b>script>", "\\<script>"),
        ("<code>a</code><a href='javascript:x'><code>`&lt;b></code>", "`a`\\`\\<b>"),
        ("<code>a</code><b>&#x200b;</b><code>`&lt;b></code>", "`a`\\`\\<b>"),
        ("&#x1fef;<code>&lt;script></code>", "\\``<script>`"),
        ("&#xfdd0;&#xfdd5;<code>&#xfdd2;x</code>", "`x`"),
        ("👩\u{200d}👩\u{200d}👧 <p>e\u{301}", "👩\u{200d}👩\u{200d}👧\n\né"),
    ] {
        assert_eq!(Markdown::from_html(html).as_str(), markdown, "of {html}");
    }
}

#[test]
fn a_text_is_no_markup() {
    for (text, markdown) in [
        ("Skład\n------\nlen", "Skład  \n\\------  \nlen"),
        ("a\n=", "a  \n\\="),
        ("1) raz\n2) dwa\n10.5 kg", "1\\) raz  \n2\\) dwa  \n10.5 kg"),
        ("&copy; &lt;b&gt; &#65; AT&T; R&D", "\\&copy; \\&lt;b\\&gt; \\&#65; AT\\&T; R&D"),
        ("a | b\n--- | ---\n|-|", "a | b  \n\\--- | ---  \n\\|-|"),
        ("a\n    b\n\n\tc", "a  \nb\n\nc"),
        ("+ a\n- b\n* c\n> d\n## e", "\\+ a  \n\\- b  \n\\* c  \n\\> d  \n\\## e"),
        ("<http://a.example> 5 < 6", "\\<http://a.example> 5 < 6"),
        ("[a]: b\n![x](y)", "\\[a\\]: b  \n!\\[x\\](y)"),
        ("__a__ ~~b~~ c\\", "\\_\\_a\\_\\_ \\~\\~b\\~\\~ c\\\\"),
    ] {
        assert_eq!(Markdown::from_text(text).as_str(), markdown, "of {text}");
    }
}

/// What is wrong with Markdown that came from a shop: HTML or an image in it, for one of the usual kinds of renderers.
fn harm(markdown: &Markdown) -> Option<String> {
    let kinds = [Options::empty(), Options::ENABLE_TABLES, extensions()];
    kinds.into_iter().flat_map(|options| Parser::new_ext(markdown.as_str(), options)).find_map(|event| {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => Some(format!("HTML: {html}")),
            Event::Start(Tag::HtmlBlock) => Some("a block of HTML".to_owned()),
            Event::Start(Tag::Image { dest_url, .. }) => Some(format!("an image: {dest_url}")),
            _ => None,
        }
    })
}

fn extensions() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS
        | Options::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS
        | Options::ENABLE_DEFINITION_LIST
}

/// The text of Markdown with a space for every break; what is not a paragraph is an error.
fn plain(markdown: &Markdown) -> Result<String, String> {
    let mut text = String::new();
    for event in Parser::new_ext(markdown.as_str(), extensions()) {
        match event {
            Event::Text(piece) => text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => text.push(' '),
            Event::Start(Tag::Paragraph) => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(text)
}

/// HTML and texts made of what could open or close something in Markdown.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "<code>", "</code>", "<pre>", "</pre>", "<b>", "</b>", "<i>", "</i>", "<br>", "<p>", "</p>", "<h2>", "</h2>",
            "<hr>", "<blockquote>", "</blockquote>", "<ul>", "<ol>", "<li>", "</ul>", "</ol>", "<table>", "<tr>", "<td>",
            "<th>", "</td>", "</table>", "<a href='https://a.example/`|'>", "<a href='javascript:x'>", "</a>", "<wbr>",
            "<sup>", "</sup>", "<img alt='`&lt;i>'>", "<!--", "-->", "<![CDATA[", "]]>", "<span>",
        ]),
        4 => prop::sample::select(vec![
            "&lt;script&gt;", "&lt;/b&gt;", "&lt;!--", "&lt;", "script>", "&lt;?x ?>", "&lt;!X>", "&lt;![CDATA[", "&amp;lt;",
            "&lt;https://b.example>", "&amp;", "&#96;", "&#x1fef;", "&#x200b;", "&#xfdd5;", "&#13;", "&#32;", "&nbsp;", "&#x338;",
            "<", ">", "&", "copy;", "#65;",
        ]),
        3 => prop::sample::select(vec![
            "`", "``", "```", "~~~", "\\", "|", "\n", "\n\n", " ", "    ", "\t", "# ", "- ", "+ ", "* ", "> ", "1. ", "1) ", "---",
            "===", "***", ":-", "| a | b |", "|-|-|", "[a]: b", "[", "](x)", "!", "_", "*", "[^1]", "[^1]: x", "[ ] ", "x", "7",
            "a b", "+++", "\u{1fef}", "\u{301}", "\u{200d}", "\r", "\u{a0}", "\u{2028}",
        ]),
    ];
    let piece = prop_oneof![12 => piece.prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_html_gets_into_markdown(source in hostile()) {
        for markdown in [Markdown::from_html(&source), Markdown::from_text(&source)] {
            prop_assert_eq!(harm(&markdown), None, "in {:?}", markdown);
        }
    }

    #[test]
    fn a_text_stays_the_text_it_is(text in hostile()) {
        let markdown = Markdown::from_text(&text);
        match plain(&markdown) {
            Ok(read) => prop_assert_eq!(Line::from_text(&read), Line::from_text(&text), "in {:?}", markdown),
            Err(what) => prop_assert!(false, "{} in {:?}", what, markdown),
        }
    }
}

/// Long texts are written in pieces; no piece may end between a `<` and what makes it a tag.
#[test]
fn a_long_text_is_escaped_like_a_short_one() {
    for before in 4_070..4_110 {
        let markdown = Markdown::from_html(&format!("{}&lt;&#115;cript>", "x".repeat(before)));
        assert!(markdown.as_str().ends_with("x\\<script>"), "behind {before} characters: {markdown}");
    }
}

/// Runs in a thread with the stack of a tokio worker, and says how long the texts became.
fn lengths(html: String) -> (usize, usize) {
    let convert = move || (Markdown::from_html(&html).as_str().len(), Line::from_html(&html).as_str().len());
    std::thread::Builder::new().stack_size(2 << 20).spawn(convert).unwrap().join().expect("the thread died")
}

#[test]
fn depth_does_not_overflow_the_stack() {
    for open in [
        "<div>",
        "<ul><li>",
        "<blockquote>",
        "<table><tr><td>",
        "<b><i>",
        "<b><p>",
        "<font size=1>",
        "<ol><li><p>",
    ] {
        let (markdown, line) = lengths(format!("{}text", open.repeat(10_000)));
        assert!(markdown >= 4 && line == 4, "{open}: the text is lost");
        assert!(markdown < 1_000, "{open}: {markdown} bytes of markup around one word");
    }
}

/// Inputs of an eighth of a MiB made to let a parser take the square of their length. What is checked is that the
/// results stay small and the conversion ends; time is not measured.
#[test]
fn texts_made_to_grow_do_not_grow() {
    const LEN: usize = 1 << 17;
    let fill = |piece: &str| piece.repeat(LEN / piece.len());
    let fonts: String = (0..LEN / 40).map(|size| format!("<font size={size}>")).collect();
    for (what, html) in [
        ("ampersands", fill("&")),
        ("no-break spaces", fill("x\u{a0}")),
        ("encoded ampersands", fill("&amp;")),
        ("less-than signs", fill("<")),
        ("tags without end", fill("<a ")),
        ("quotes without end", format!("{}>'", fill("(<a ='<a =\""))),
        ("unclosed CDATA", fill("<![CDATA[<b>x")),
        ("unclosed comments", fill("<!--")),
        ("equal marks", fill("<b>x</b>")),
        ("unclosed fonts", format!("{fonts}{}", fill("<p>x"))),
        ("text between cells", format!("<table>{}", fill("<p>x</p>y"))),
        (
            "one long cell and many rows",
            format!("<table><tr><td>{}<td>{}", fill("x"), fill("<tr><td>x<td>y")),
        ),
        ("one long row and many rows", format!("<table><tr>{}{}", fill("<td>x"), fill("<tr><td>x<td>y"))),
        ("lines in a deep list", format!("{}{}", "<ul><li>".repeat(12), fill("x<br>"))),
    ] {
        let (markdown, line) = lengths(html);
        assert!(markdown < 16 * 2 * LEN && line <= 2 * LEN, "{what}: {markdown} and {line} bytes");
    }
}

#[test]
fn a_mebibyte_of_prose_stays_whole() {
    let html = "<p>Zażółć <b>gęślą</b> jaźń &amp; 5&nbsp;kg.</p>\n".repeat(20_000);
    let markdown = Markdown::from_html(&html);
    assert_eq!(markdown.as_str().matches("**gęślą**").count(), 20_000);
    let plain = "Zażółć gęślą jaźń 5\u{a0}kg ".repeat(30_000);
    let words = Markdown::from_html(&plain);
    assert_eq!(words.as_str().matches("gęślą").count(), 30_000, "a long run of text lost words");
}
