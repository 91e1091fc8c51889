//! The listener: connections over HTTP/1.1 and HTTP/2 without TLS, bounded and drained.
//!
//! TLS ends at the balancer before it. When it is asked to stop it takes no new connection, lets
//! those with a request finish within the drain time, and closes the rest.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::router::Peer;
use super::settings::Settings;

/// The most streams of one HTTP/2 connection.
const MAX_STREAMS: u32 = 128;
/// How long to wait after the system refused a connection for want of something.
const BACK_OFF: Duration = Duration::from_millis(50);

/// Serves `router` on `listener` until `stop` says so, then drains.
///
/// # Errors
/// Where the listener's address cannot be read.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &Settings,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let builder = builder(settings);
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                tokio::time::sleep(BACK_OFF).await;
                continue;
            }
        };
        connection(&builder, &graceful, stream, peer, router.clone());
    }
    drop(listener);
    let drained = tokio::time::timeout(settings.drain.get(), graceful.shutdown()).await;
    if drained.is_err() {
        tracing::warn!("requests were still going on when the drain time was over");
    }
    Ok(())
}

fn builder(settings: &Settings) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    let head = usize::try_from(settings.head_limit.get()).unwrap_or(usize::MAX);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.head_timeout.get())
        .max_buf_size(head.max(8192));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(head).unwrap_or(u32::MAX))
        .max_concurrent_streams(MAX_STREAMS)
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

fn connection(
    builder: &auto::Builder<TokioExecutor>,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) {
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        let router = router.clone();
        async move { Ok::<_, Infallible>(unfailing(router.oneshot(request).await)) }
    });
    let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
    });
}

fn unfailing<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
    }
}
