//! One file as a multipart/form-data body.
//!
//! One field is all that the API takes, so no more can be said here.

/// The body and the header that explains it.
pub(crate) struct Form {
    /// With its boundary.
    pub(crate) content_type: String,
    /// The body.
    pub(crate) bytes: Vec<u8>,
}

/// A form with this file in this field.
pub(crate) fn form(field: &str, file: &str, bytes: &[u8]) -> Form {
    let boundary = boundary(bytes);
    let file: String =
        file.chars().map(|c| if c == '"' || c.is_control() { '_' } else { c }).collect();
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; \
         filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    let body = [head.as_bytes(), bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
    Form { content_type: format!("multipart/form-data; boundary={boundary}"), bytes: body }
}

/// A line that does not stand in the file.
fn boundary(bytes: &[u8]) -> String {
    let mut boundary = "jewel-form-boundary".to_owned();
    while bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes()) {
        boundary.push('-');
    }
    boundary
}

#[cfg(test)]
mod tests;
