// Little-endian bytes with LEB128 numbers: a growing writer and a reader that knows its end.

/** Appends numbers and bytes to a buffer that grows. */
export class ByteWriter {
  #buf: Uint8Array<ArrayBuffer> = new Uint8Array(1024);
  #view: DataView = new DataView(this.#buf.buffer);
  #len = 0;

  get length(): number {
    return this.#len;
  }

  u8(v: number): void {
    this.#room(1);
    this.#buf[this.#len++] = v;
  }

  u32(v: number): void {
    this.#room(4);
    this.#view.setUint32(this.#len, v, true);
    this.#len += 4;
  }

  f64(v: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#len, v, true);
    this.#len += 8;
  }

  /** An unsigned 32-bit number in one to five bytes. */
  varint(v: number): void {
    this.#room(5);
    let rest = v >>> 0;
    while (rest > 0x7f) {
      this.#buf[this.#len++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buf[this.#len++] = rest;
  }

  /** A signed 32-bit number, small ones of either sign in few bytes. */
  zigzag(v: number): void {
    const n = v | 0;
    this.varint((n << 1) ^ (n >> 31));
  }

  bytes(v: Uint8Array): void {
    this.#room(v.length);
    this.#buf.set(v, this.#len);
    this.#len += v.length;
  }

  /** Length, then UTF-8. */
  text(v: string): void {
    const utf8 = new TextEncoder().encode(v);
    this.varint(utf8.length);
    this.bytes(utf8);
  }

  /** A copy of what was written. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#buf.slice(0, this.#len);
  }

  #room(n: number): void {
    if (this.#len + n <= this.#buf.length) return;
    const bigger = new Uint8Array(Math.max(this.#buf.length * 2, this.#len + n));
    bigger.set(this.#buf);
    this.#buf = bigger;
    this.#view = new DataView(bigger.buffer);
  }
}

/** Reads what ByteWriter wrote. Every read past the end throws RangeError. */
export class ByteReader {
  readonly #buf: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(buf: Uint8Array) {
    this.#buf = buf;
    this.#view = new DataView(buf.buffer, buf.byteOffset, buf.byteLength);
  }

  get left(): number {
    return this.#buf.length - this.at;
  }

  u8(): number {
    const v = this.#buf[this.at++];
    if (v === undefined) throw new RangeError("grt: expected another byte, got the end of the file");
    return v;
  }

  u32(): number {
    const v = this.#view.getUint32(this.at, true);
    this.at += 4;
    return v;
  }

  f64(): number {
    const v = this.#view.getFloat64(this.at, true);
    this.at += 8;
    return v;
  }

  varint(): number {
    let v = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u8();
      v |= (byte & 0x7f) << shift;
      if (byte < 0x80) return v >>> 0;
    }
    throw new RangeError("grt: expected a number of at most five bytes, got a longer one");
  }

  zigzag(): number {
    const v = this.varint();
    return (v >>> 1) ^ -(v & 1);
  }

  bytes(n: number): Uint8Array {
    if (n > this.left) throw new RangeError(`grt: expected ${n} more bytes, got ${this.left}`);
    this.at += n;
    return this.#buf.subarray(this.at - n, this.at);
  }

  text(): string {
    return new TextDecoder().decode(this.bytes(this.varint()));
  }
}
