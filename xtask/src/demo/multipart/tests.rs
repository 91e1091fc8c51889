//! The body to the byte, and a file that contains the boundary.

use super::form;

#[test]
fn the_body_is_framed() {
    let form = form("photo", "a\"b.jpg", b"bytes");
    let expected = "--jewel-form-boundary\r\nContent-Disposition: form-data; \
        name=\"photo\"; filename=\"a_b.jpg\"\r\nContent-Type: application/octet-stream\r\n\r\n\
        bytes\r\n--jewel-form-boundary--\r\n";
    assert_eq!(String::from_utf8_lossy(&form.bytes), expected);
    assert_eq!(form.content_type, "multipart/form-data; boundary=jewel-form-boundary");
}

#[test]
fn the_boundary_avoids_the_file() {
    let form = form("photo", "x", b"..jewel-form-boundary..");
    assert!(form.content_type.ends_with("=jewel-form-boundary-"));
}
