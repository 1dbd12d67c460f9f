//! Descriptions: HTML of shops, and HTML that means harm.

use gateway_core::model::{Line, Markdown};

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
        ("👩\u{200d}👩\u{200d}👧 <p>e\u{301}", "👩\u{200d}👩\u{200d}👧\n\né"),
    ] {
        assert_eq!(Markdown::from_html(html).as_str(), markdown, "of {html}");
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
