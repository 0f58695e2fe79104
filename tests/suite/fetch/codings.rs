//! Content codings: undone, broken, and made to burst.

use async_compression::Level;
use async_compression::tokio::write::{BrotliEncoder, DeflateEncoder, GzipEncoder, ZlibEncoder, ZstdEncoder};

use super::*;

#[derive(Clone, Copy)]
enum Packed {
    Gzip,
    Brotli,
    Zstd,
    Zlib,
    Deflate,
}

const ALL: [(Packed, &str); 5] = [
    (Packed::Gzip, "gzip"),
    (Packed::Brotli, "br"),
    (Packed::Zstd, "zstd"),
    (Packed::Zlib, "deflate"),
    (Packed::Deflate, "deflate"),
];

async fn pack(bytes: &[u8], how: Packed) -> Vec<u8> {
    macro_rules! packed {
        ($encoder:ident) => {{
            let mut encoder = $encoder::with_quality(Vec::new(), Level::Fastest);
            encoder.write_all(bytes).await.unwrap();
            encoder.shutdown().await.unwrap();
            encoder.into_inner()
        }};
    }
    match how {
        Packed::Gzip => packed!(GzipEncoder),
        Packed::Brotli => packed!(BrotliEncoder),
        Packed::Zstd => packed!(ZstdEncoder),
        Packed::Zlib => packed!(ZlibEncoder),
        Packed::Deflate => packed!(DeflateEncoder),
    }
}

/// Compresses badly: a body that several reads are needed for.
fn noise(n_bytes: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b' ' + (state >> 24) as u8 % 90
    };
    (0..n_bytes).map(|_| letter()).collect()
}

#[tokio::test]
async fn each_coding_is_undone() {
    let story = noise(60_000);
    for (how, name) in ALL {
        let packed = pack(&story, how).await;
        let page = fetch_from(body(&[HTML, ("content-encoding", name)], &packed)).await.unwrap();
        assert!(page.body == story, "{name}");
        assert_eq!(page.http.unwrap().wire_bytes, packed.len() as u64, "{name}");
    }
}

#[tokio::test]
async fn codings_one_over_the_other_are_undone_in_order() {
    let packed = pack(&pack(STORY.as_bytes(), Packed::Brotli).await, Packed::Gzip).await;
    check_body(fetch_from(body(&[HTML, ("content-encoding", "br, gzip")], &packed)).await, STORY.as_bytes());
    let two_headers = [HTML, ("content-encoding", "BR"), ("content-encoding", "x-gzip")];
    check_body(fetch_from(body(&two_headers, &packed)).await, STORY.as_bytes());
    let four = body(&[HTML, ("content-encoding", "gzip, gzip, gzip, gzip")], &packed);
    check_error(fetch_from(four).await, "coding", false, "has more layers than we undo");
}

#[tokio::test]
async fn names_that_are_no_coding_are_passed_over_and_unknown_ones_are_not() {
    for name in ["identity", "", "none", "utf-8", "ISO-8859-1"] {
        check_body(fetch_from(body(&[HTML, ("content-encoding", name)], STORY.as_bytes())).await, STORY.as_bytes());
    }
    let unknown = body(&[HTML, ("content-encoding", "dcz")], STORY.as_bytes());
    check_error(fetch_from(unknown).await, "coding", false, "the dcz body of http://");
}

#[tokio::test]
async fn an_empty_body_is_empty_in_any_coding() {
    for (_, name) in ALL {
        check_body(fetch_from(body(&[HTML, ("content-encoding", name)], b"")).await, b"");
    }
}

#[tokio::test]
async fn a_coding_that_ends_early_is_named() {
    let story = noise(60_000);
    for (how, name) in ALL {
        let packed = pack(&story, how).await;
        for kept in [1, 10, packed.len() / 2, packed.len() - 1] {
            let got = fetch_from(body(&[HTML, ("content-encoding", name)], &packed[..kept])).await;
            check_error(got, "coding", false, &format!("the {name} body of http://"));
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_in_its_coding_is_named() {
    for name in ["gzip", "br", "zstd", "deflate"] {
        let got = fetch_from(body(&[HTML, ("content-encoding", name)], STORY.as_bytes())).await;
        check_error(got, "coding", false, &format!("the {name} body of http://"));
    }
}

#[tokio::test]
async fn gzip_of_several_members_is_read_whole_and_what_follows_is_not() {
    let (first, second) = STORY.split_at(30);
    let members = [pack(first.as_bytes(), Packed::Gzip).await, pack(second.as_bytes(), Packed::Gzip).await].concat();
    let header = [HTML, ("content-encoding", "gzip")];
    check_body(fetch_from(body(&header, &members)).await, STORY.as_bytes());
    for tail in [&b"\0\0\0\0"[..], b"\n", b"<!-- cached -->"] {
        check_body(fetch_from(body(&header, &[&members, tail].concat())).await, STORY.as_bytes());
    }
    let cut_off = &members[..members.len() - 3];
    check_error(fetch_from(body(&header, cut_off)).await, "coding", false, "is cut off");
}

#[tokio::test]
async fn a_bomb_is_cut_off_in_every_coding() {
    let bomb = vec![b'a'; 16 << 20];
    for (how, name) in ALL {
        let packed = pack(&bomb, how).await;
        let server = Server::start([("/a", body(&[HTML, ("content-encoding", name)], &packed))]).await;
        let got = soon(fetch_with(&quick(), &server.url("/a"))).await;
        check_error(got, "too-large", false, "is over 200000 bytes unpacked; `fetch.body_bytes_max` sets the limit");
    }
}

#[tokio::test]
async fn a_bomb_hidden_in_a_middle_layer_is_cut_off() {
    // Empty gzip members unpack to nothing, and pack very well themselves.
    let empty = pack(b"", Packed::Gzip).await;
    let middle = empty.repeat(1 << 14);
    let packed = pack(&middle, Packed::Gzip).await;
    assert!(packed.len() < 100_000 && middle.len() > 200_000);
    let got = soon(fetch_from(body(&[HTML, ("content-encoding", "gzip, gzip")], &packed))).await;
    check_error(got, "too-large", false, "unpacked");
}

#[tokio::test]
async fn a_packed_image_is_known_once_unpacked() {
    let packed = pack(b"\x89PNG\r\n\x1A\n\0\0\0\0", Packed::Gzip).await;
    let got = fetch_from(body(&[HTML, ("content-encoding", "gzip")], &packed)).await;
    check_error(got, "not-html", false, "is an image");
}
