import { counted, joined, streamOf, type Bytes } from "../byte-stream.js";
import { invalid, Refusal, tooLarge } from "../refusal.js";
import { crc32 } from "./crc32.js";
import type { ArchiveLimits, Entry } from "./entry.js";

/** What the directory at a zip's end says of one file. */
interface Listed {
  readonly path: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  /** The file's type and mode as Unix has them; 0 where the zip comes from elsewhere. */
  readonly mode: number;
  /** Where its content is. */
  readonly start: number;
  readonly end: number;
}

const endSignature = 0x06054b50;
const listSignature = 0x02014b50;
const fileSignature = 0x04034b50;
const symbolicLink = 0xa000;

/**
 * The files of a zip (PKWARE's APPNOTE 6.3.10) that are wanted. Another program must not read anything else from it:
 * a directory that contradicts what it lists, files that overlap and content of another length or checksum are refused.
 *
 * @throws Refusal with 400 or 413
 */
export async function* unzipped(bytes: Bytes, wanted: (path: string) => boolean, limits: ArchiveLimits): AsyncGenerator<Entry> {
  const most = `the archive is larger than ${limits.unpackedBytes} bytes when it is unpacked`;
  let left = limits.unpackedBytes;
  for (const listed of directoryOf(bytes, limits.entries)) {
    const { path, unpacked } = listed;
    if (path.endsWith("/") || !wanted(path)) continue;
    if (unpacked > left) throw tooLarge(most);
    left -= unpacked;
    const content = await contentOf(bytes, listed);
    if ((listed.mode & 0xf000) === symbolicLink) {
      yield { kind: "link", path, target: new TextDecoder().decode(content), isHard: false };
    } else yield { kind: "file", path, content };
  }
}

function directoryOf(bytes: Bytes, mostEntries: number): readonly Listed[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  if (count === 0xffff || size === 0xffffffff || start === 0xffffffff) throw wrong("it is a zip64, which is larger than any that is taken");
  if (view.getUint32(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count) throw wrong("it is a part of several");
  if (count > mostEntries) throw tooLarge(`the archive has more than ${mostEntries} entries`);
  if (start + size > end) throw wrong("its directory is cut off");
  const all: Listed[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    const { listed, next } = listedAt(view, bytes, at, start + size);
    all.push(listed);
    at = next;
  }
  if (at !== start + size) throw wrong("the length of its directory is wrong");
  assertApart(all, start);
  return all;
}

function endOf(view: DataView): number {
  const shortest = 22;
  for (let at = view.byteLength - shortest; at >= 0 && at >= view.byteLength - shortest - 0xffff; at -= 1) {
    const isEnd = view.getUint32(at, true) === endSignature && at + shortest + view.getUint16(at + 20, true) === view.byteLength;
    if (isEnd) return at;
  }
  throw wrong("it has no directory: it isn't a zip archive, or it is cut off");
}

function listedAt(view: DataView, bytes: Bytes, at: number, end: number): { readonly listed: Listed; readonly next: number } {
  if (at + 46 > end || view.getUint32(at, true) !== listSignature) throw wrong("its directory is damaged");
  const nameLength = view.getUint16(at + 28, true);
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) throw wrong("its directory is damaged");
  const name = bytes.subarray(at + 46, at + 46 + nameLength);
  const isUnix = view.getUint8(at + 5) === 3;
  const packed = view.getUint32(at + 20, true);
  const content = contentStart(view, bytes, view.getUint32(at + 42, true), name);
  const listed: Listed = {
    path: pathOf(name),
    isEncrypted: (view.getUint16(at + 8, true) & 1) !== 0,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed,
    unpacked: view.getUint32(at + 24, true),
    mode: isUnix ? view.getUint16(at + 40, true) : 0,
    start: content,
    end: content + packed,
  };
  return { listed, next };
}

/** Where a file's content begins: after a header of its own, which has to name the same file. */
function contentStart(view: DataView, bytes: Bytes, at: number, name: Uint8Array): number {
  if (at + 30 > view.byteLength || view.getUint32(at, true) !== fileSignature) throw wrong("its directory names a place where no file is");
  const length = view.getUint16(at + 26, true);
  const again = bytes.subarray(at + 30, at + 30 + length);
  if (length !== name.length || again.some((byte, index) => byte !== name[index])) throw wrong("a file has two names");
  return at + 30 + length + view.getUint16(at + 28, true);
}

/** Files that share bytes unpack to far more than is sent, and mean different things to different readers. */
function assertApart(all: readonly Listed[], directory: number): void {
  let end = 0;
  for (const each of [...all].sort((one, other) => one.start - other.start)) {
    if (each.start < end) throw wrong("files in it overlap");
    end = each.end;
  }
  if (end > directory) throw wrong("a file in it is cut off");
}

async function contentOf(bytes: Bytes, { path, method, isEncrypted, crc, unpacked, start, end }: Listed): Promise<Bytes> {
  const refuse = (why: string): Refusal => wrong(`${JSON.stringify(path)} in it ${why}`);
  if (isEncrypted) throw refuse("is encrypted");
  const packed = bytes.subarray(start, end);
  let content: Bytes;
  switch (method) {
    case 0:
      content = packed;
      break;
    case 8:
      content = await inflated(packed, unpacked).catch(() => {
        throw refuse("can't be unpacked, or is larger than it says");
      });
      break;
    default:
      throw refuse(`is compressed by the method ${method}; only 'store' and 'deflate' are read`);
  }
  if (content.length !== unpacked || crc32(content) !== crc) throw refuse("isn't the file that its directory says");
  return content;
}

function inflated(packed: Bytes, most: number): Promise<Bytes> {
  const stream = streamOf(packed).pipeThrough(new DecompressionStream("deflate-raw")) as ReadableStream<Bytes>;
  return joined(counted(stream, most, ""));
}

function pathOf(name: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name);
  } catch {
    throw wrong("a file's name isn't UTF-8");
  }
}

function wrong(why: string): Refusal {
  return invalid(`the archive can't be read: ${why}`);
}
