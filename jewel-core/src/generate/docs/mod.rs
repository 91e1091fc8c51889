//! The interactive documentation: a page in the binary that shows the OpenAPI document.
//!
//! It fetches the document from the server and everything else from here, so that it works offline
//! and under a policy that trusts nothing but the server itself. It renders no request.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

/// The policy that the page needs, complete: nothing inline, no evaluation, nothing from elsewhere.
pub const POLICY: &str = "default-src 'none'; base-uri 'none'; connect-src 'self'; \
    font-src 'self'; form-action 'none'; frame-ancestors 'none'; img-src 'self' data:; \
    script-src 'self'; style-src 'self'";

/// The page itself; `__TITLE__` stands for the application's title.
const PAGE: &str = include_str!("page.html");

/// The page's first script, which starts the viewer.
const START: &str = include_str!("start.js");

/// What the page adds to the viewer's look.
const STYLE: &str = include_str!("page.css");

/// The files of the viewer that the page uses.
const VIEWER: [&str; 3] = ["favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css"];

/// A file of the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its media type.
    pub media: &'static str,
    /// Whether `bytes` are compressed, to be sent with `Content-Encoding: gzip`.
    pub gzip: bool,
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
}

impl File {
    /// The content for a client that does not take gzip.
    pub fn plain(self) -> Cow<'static, [u8]> {
        if !self.gzip {
            return self.bytes;
        }
        let mut plain = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(self.bytes.as_ref());
        // What was compressed by the build can be read; a cut file would be a broken build.
        match reader.read_to_end(&mut plain) {
            Ok(_) => plain.into(),
            Err(_) => Cow::Borrowed(&[]),
        }
    }
}

/// The page that stands at `/docs`, of the application with this title.
pub fn page(title: &str) -> File {
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    own("text/html; charset=utf-8", PAGE.replace("__TITLE__", &title).into_bytes())
}

/// The file at `/docs/{name}`; none where there is no such file.
///
/// ```
/// use jewel_core::generate::docs;
///
/// assert!(docs::file("start.js").is_some());
/// assert!(docs::file("../secret").is_none());
/// ```
pub fn file(name: &str) -> Option<File> {
    match name {
        "start.js" => Some(own(media(name), START.as_bytes())),
        "page.css" => Some(own(media(name), STYLE.as_bytes())),
        _ if VIEWER.contains(&name) => {
            let config = Arc::new(utoipa_swagger_ui::Config::default());
            let found = utoipa_swagger_ui::serve(name, config).ok().flatten()?;
            Some(File { media: media(name), gzip: found.gzpipped, bytes: found.bytes })
        }
        _ => None,
    }
}

fn own(media: &'static str, bytes: impl Into<Cow<'static, [u8]>>) -> File {
    File { media, gzip: false, bytes: bytes.into() }
}

fn media(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
