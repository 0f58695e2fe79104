//! What is a page and what is not.

use super::*;

#[tokio::test]
async fn what_is_no_page_is_refused_before_it_is_read() {
    let declared = endless("HTTP/1.1 200 OK\r\ncontent-type: image/jpeg\r\n\r\n", vec![0xFF; 4_096], Duration::ZERO);
    check_error(soon(fetch_from(declared)).await, "not-html", false, "is an image, not a web page");
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n%PDF-1.7\n";
    let undeclared = endless(head, vec![b'x'; 1_024], Duration::from_millis(5));
    check_error(soon(fetch_from(undeclared)).await, "not-html", false, "is a PDF file, not a web page");
    let zip = [b"PK\x03\x04".as_slice(), &[0; 50]].concat();
    check_error(fetch_from(body(&[], &zip)).await, "not-html", false, "a ZIP archive");
    check_error(fetch_from(body(&[], &[0, 1, 2, 3, 255])).await, "not-html", false, "is binary data");
}

#[tokio::test]
async fn a_page_without_content_type_is_known_by_its_bytes() {
    let page = fetch_from(body(&[], STORY.as_bytes())).await.unwrap();
    assert_eq!((page.content_type, page.body.len()), (None, STORY.len()));
    check_body(
        fetch_from(body(&[("content-type", "application/octet-stream")], STORY.as_bytes())).await,
        STORY.as_bytes(),
    );
    check_body(fetch_from(body(&[("content-type", "application/rss+xml")], b"<rss/>")).await, b"<rss/>");
}

#[tokio::test]
async fn a_wrong_charset_is_left_to_the_decoder() {
    let cyrillic = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2];
    let page = fetch_from(body(&[HTML], &cyrillic)).await.unwrap();
    assert_eq!(page.body, cyrillic);
}
