import type { Wait } from './clock.ts';
import type { ChannelKeys } from './keys.ts';

/**
 * The seam of a chip: bytes of one command APDU in, response data with SW1 SW2 at its end out (ISO/IEC 7816-4).
 * One exchange at a time; the caller serialises. Layers (GET RESPONSE, length repair, chaining, tracing, secure
 * messaging) wrap a channel and are channels themselves. What a status word means is not the channel's business.
 * Throws `LNK-CARD-GONE` when the card left the field or the slot, `LNK-TIMEOUT`, `LNK-SERVICE-GONE`, `STA-ABORTED`.
 */
export interface ApduChannel {
  transmit(command: Uint8Array, limit: Wait): Promise<Uint8Array>;
}

/** How a blank wants to be personalised: through a GlobalPlatform secure channel, protocol 03. */
export interface SecureChannelPlan {
  readonly keys: ChannelKeys;
  readonly lengthBytes: 16 | 24 | 32;
  /** Version of the card's key set; 0 lets the card choose its first. */
  readonly keyVersion: number;
  /** Sum of the bits of the security level (GlobalPlatform Amendment D, 7.1.2.1). */
  readonly level: number;
}

/** A channel whose commands and answers are secured. Disposing wipes its keys; it is then of no use. */
export interface SecureChannel extends ApduChannel, Disposable {}

/**
 * Opens a secure channel over a whole card channel, with whatever application is selected. Throws `KEY-CHANNEL` when the
 * keys are not the card's, before the card could count a try; `ENC-WRONG-BLANK` when the card has no such channel.
 */
export type SecureChannelOpener = (channel: ApduChannel, plan: SecureChannelPlan, limit: Wait) => Promise<SecureChannel>;

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
