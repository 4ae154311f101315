// What the page knows comes from /api and /dicom-web.

const root = "/dicom-web";

const ask = async (url, options = {}) => {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail || problem.title || `${answer.status} ${answer.statusText}`);
  }
  return answer;
};

const json = async (url, options) => {
  const answer = await ask(url, options);
  return answer.status === 204 ? [] : answer.json();
};

export const api = (path, parameters) =>
  json(`/api/${path}${parameters ? `?${parameters}` : ""}`);

export const echo = (aeTitle) =>
  json(`/api/peers/${encodeURIComponent(aeTitle)}/echo`, { method: "POST" });

export const dicomweb = (path, parameters) =>
  json(`${root}/${path}${parameters ? `?${parameters}` : ""}`, { headers: { Accept: "application/dicom+json" } });

export const thumbnail = (study) => `${root}/studies/${study}/thumbnail?viewport=256,256`;

let keywords;
/** Keywords by tag; asked for once. */
export const dictionary = () => {
  keywords ??= api("dictionary").catch(() => ({}));
  return keywords;
};

// The DICOM JSON model (PS3.18 Annex F).
export const all = (set, tag) => set?.[tag]?.Value ?? [];
export const first = (set, tag) => all(set, tag)[0];
export const text = (value) => {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? value.Alphabetic ?? value.Ideographic ?? value.Phonetic ?? "" : String(value);
};
export const textOf = (set, tag) => all(set, tag).map(text).join(" \\ ");

export const date = (da) => /^\d{8}$/.test(da ?? "") ? `${da.slice(0, 4)}-${da.slice(4, 6)}-${da.slice(6)}` : da ?? "";
export const time = (rfc) => rfc ? new Date(rfc).toLocaleTimeString("en-GB") : "";

const indexOf = (bytes, wanted, from) => {
  for (let at = bytes.indexOf(wanted[0], from); at >= 0; at = bytes.indexOf(wanted[0], at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
};
const codes = (characters) => [...characters].map((character) => character.charCodeAt(0));

/** The bytes of the one part of a multipart/related body. */
const onlyPart = (bytes, type) => {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  const begin = indexOf(bytes, codes("\r\n\r\n"), 0) + 4;
  const end = boundary ? indexOf(bytes, codes(`\r\n--${boundary}--`), Math.max(begin, bytes.length - boundary.length - 16)) : -1;
  if (begin < 4 || end < begin) throw new Error("the frame came in a form that is not understood");
  return bytes.subarray(begin, end);
};

/** An uncompressed frame's bytes. */
export const frame = async (study, series, instance, number = 1) => {
  const answer = await ask(`${root}/studies/${study}/series/${series}/instances/${instance}/frames/${number}`, {
    headers: { Accept: 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1' },
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return onlyPart(bytes, answer.headers.get("Content-Type") ?? "");
};
