import type { Wait } from './clock.ts';

/**
 * The seam of a chip: bytes of one command APDU in, response data with SW1 SW2 at its end out (ISO/IEC 7816-4).
 * One exchange at a time; the caller serialises. Layers (GET RESPONSE, length repair, chaining, tracing, secure
 * messaging) wrap a channel and are channels themselves. What a status word means is not the channel's business.
 * Throws `LNK-CARD-GONE` when the card left the field or the slot, `LNK-TIMEOUT`, `LNK-SERVICE-GONE`, `STA-ABORTED`.
 */
export interface ApduChannel {
  transmit(command: Uint8Array, limit: Wait): Promise<Uint8Array>;
}

/** An exclusive hold on the card in a reader. Disposing lets the card go and powers it down; it is quiet when the card is already gone. */
export interface CardConnection extends AsyncDisposable {
  readonly atr: Uint8Array;
  readonly channel: ApduChannel;
}

/** A reader known by its PC/SC name. It is opened by `drivers/channel`; encoders are handed a connection's channel. */
export interface CardReader extends AsyncDisposable {
  readonly name: string;
  /**
   * Waits until a card answers in this reader and connects to it exclusively. Throws `ENC-NO-CARD` when none came
   * before the deadline, `ENC-MUTE` when one is there and does not answer, `ENC-NO-READER` when the reader is gone.
   */
  connect(limit: Wait): Promise<CardConnection>;
}

/** The seam of a device that speaks a byte stream: TCP, serial line, printer node. Framing is the codec's business. */
export interface BytePort extends AsyncDisposable {
  /** Resolves when the bytes were handed to the link. Throws `LNK-TIMEOUT`, `LNK-CLOSED`, `STA-ABORTED`. */
  write(bytes: Uint8Array, limit: Wait): Promise<void>;
  /** The next bytes that came, at least one. Throws `LNK-TIMEOUT` when none came, `LNK-CLOSED` at the end, `STA-ABORTED`. */
  read(limit: Wait): Promise<Uint8Array>;
}
