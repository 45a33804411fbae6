//! A browser's part of a conversation: keeps its cookie, marks its requests as the app's own.

use std::{sync::Mutex, time::Duration};

use reqwest::{Method, Request, RequestBuilder, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use shared::{
    api::{CSRF_HEADER, CSRF_VALUE, Problem, ProblemKind},
    id::DeviceId,
    sync::signing::{DeviceKey, Message},
};

/// One browser. Its cookie is kept by hand: the session cookies are `Secure`, and tests speak plain HTTP.
pub struct Client {
    http: reqwest::Client,
    origin: String,
    cookie: Mutex<Option<String>>,
    key: Mutex<Option<(DeviceId, DeviceKey)>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: header::HeaderMap,
    /// The body, whole.
    pub body: Vec<u8>,
}

/// A worklist that is open and hears what changes.
pub struct OpenList {
    live: reqwest::Response,
    heard: String,
}

impl OpenList {
    /// What it was opened with.
    pub fn headers(&self) -> &header::HeaderMap {
        self.live.headers()
    }

    /// Waits until it has heard these words: two seconds at most.
    pub async fn hears(&mut self, wanted: &str) {
        let listen = async {
            while !self.heard.contains(wanted) {
                let chunk = self.live.chunk().await.unwrap().expect("it goes on");
                self.heard.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        tokio::time::timeout(Duration::from_secs(2), listen).await.expect("within two seconds");
    }
}

impl Client {
    /// A browser that has never been here.
    pub fn new(origin: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            origin: origin.to_owned(),
            cookie: Mutex::default(),
            key: Mutex::default(),
        }
    }

    /// Goes to another server from now on, with its cookie.
    pub fn go_to(&mut self, origin: &str) {
        origin.clone_into(&mut self.origin);
    }

    /// Opens the worklist and listens.
    pub async fn opens_list(&self) -> OpenList {
        OpenList { live: self.request(Method::GET, "/api/worklist/live").send().await.unwrap(), heard: String::new() }
    }

    /// A request with this browser's cookie and the app's mark, to be finished by the test.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.origin)).header(CSRF_HEADER, CSRF_VALUE);
        match self.cookie.lock().unwrap().as_deref() {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    /// Makes this browser that of a device: what a device says, it signs with this key from now on.
    pub fn hold(&self, device: DeviceId, key: DeviceKey) {
        *self.key.lock().unwrap() = Some((device, key));
    }

    /// What this device signs with.
    pub fn key(&self) -> Option<DeviceKey> {
        self.key.lock().unwrap().as_ref().map(|(_, key)| key.clone())
    }

    /// The headers by which a device signs a request; none on what it does not sign, and where no key is held.
    fn signature(&self, request: &Request) -> header::HeaderMap {
        let (url, key) = (request.url(), self.key.lock().unwrap());
        let is_signed = url.path().starts_with("/api/sync/") || url.path() == "/api/device/session";
        let Some((device, key)) = key.as_ref().filter(|_| is_signed) else { return header::HeaderMap::new() };
        let message = Message {
            method: request.method().as_str(),
            path: url.path(),
            query: url.query().unwrap_or_default(),
            body: request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default(),
        };
        let headers = key.sign(&message, *device, 1_772_000_000);
        headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    /// Sends a request, signed if a device sends it; its body is still to be read.
    pub async fn start(&self, request: RequestBuilder) -> reqwest::Response {
        let mut request = request.build().unwrap();
        for (name, value) in self.signature(&request) {
            request.headers_mut().entry(name.unwrap()).or_insert(value);
        }
        self.http.execute(request).await.expect("the server answers")
    }

    /// Sends a request and reads all of the reply.
    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let response = self.start(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            *self.cookie.lock().unwrap() = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        Reply { status, headers, body: response.bytes().await.expect("a whole body").to_vec() }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` of JSON.
    pub async fn post(&self, path: &str, body: &impl Serialize) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// `POST` of bytes that claim to be JSON.
    pub async fn post_bytes(&self, path: &str, body: impl Into<reqwest::Body>) -> Reply {
        self.send(self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json").body(body)).await
    }

    /// Where the server is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The cookie this browser holds.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    /// Makes this browser hold another cookie.
    pub fn set_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap() = cookie;
    }
}

impl Reply {
    /// The body of a request that went well.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The problem of a request that was refused, in its documented shape.
    #[track_caller]
    pub fn problem(&self) -> Problem {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{self:?}");
        let problem: Problem = serde_json::from_slice(&self.body).expect("problem details");
        assert_eq!(problem.status, self.status.as_u16());
        assert!(!problem.title.is_empty() && !problem.detail.is_empty());
        problem
    }

    /// The kind of that problem.
    #[track_caller]
    pub fn refusal(&self) -> ProblemKind {
        self.problem().kind
    }
}
