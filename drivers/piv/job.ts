import type { SecureChannelPlan } from '../contracts/channel.ts';
import type { KeyReference } from '../contracts/keys.ts';
import type { Secret } from '../contracts/secret.ts';
import type { FascN } from '../codec/piv-fasc-n.ts';
import type { ManagementKeyAlgorithm, PivKeyAlgorithm } from '../codec/piv-algorithms.ts';
import type { FacialImage } from '../codec/piv-facial-image.ts';
import type { PrintedInformation } from '../codec/piv-printed-information.ts';

/**
 * The key slots that Kortverk issues: 9A PIV authentication (signs after the PIN), 9C digital signature (the PIN each
 * time), 9D key management (agrees or decrypts after the PIN), 9E card authentication (signs freely).
 */
export type IssuedSlot = '9A' | '9C' | '9D' | '9E';

/** One attribute of a subject name, in the order in which it stands in the name. */
export interface SubjectPart {
  readonly attribute: 'C' | 'O' | 'OU' | 'CN' | 'serialNumber' | 'givenName' | 'surname' | 'organizationIdentifier';
  readonly value: string;
}

/** The key pair and the certificate of one slot, as planned. */
export interface PivSlotPlan {
  readonly slot: IssuedSlot;
  readonly algorithm: PivKeyAlgorithm;
  readonly subject: readonly SubjectPart[];
  /** `urn:uuid:` and the card's GUID: goes into the subject alternative name (SP 800-73-5 part 1, 3.4.1). */
  readonly sanUri: string;
  /** Name of the certificate authority's profile, sent as the certificate template name in the request. */
  readonly certificateProfile: string;
  /** Object identifiers of the policies that the certificate carries, these and no others; empty where the authority decides. */
  readonly policies: readonly string[];
}

/** Where the tag `order # attempt` stands and what it says. */
export interface PivTagPlan {
  /** Data object identifier, hex: `5FFF10`. */
  readonly container: string;
  readonly orderId: string;
  readonly attempt: number;
}

/** Everything that goes onto one PIV chip, decided before a card is fed. */
export interface PivJob {
  /** 16 bytes, hex. */
  readonly guid: string;
  /** Cardholder UUID, 16 bytes hex, or null when the CHUID carries none. */
  readonly cardUuid: string | null;
  /** Calendar day, `YYYY-MM-DD`. */
  readonly expiry: string;
  readonly fascN: FascN;
  /** Null when the tag stands in the other chip of the card. */
  readonly tag: PivTagPlan | null;
  /** Whether the tag stays on the finished card. */
  readonly keepTag: boolean;
  readonly managementKey: {
    readonly current: { readonly kind: 'factory default' };
    readonly next: KeyReference;
    readonly algorithm: ManagementKeyAlgorithm;
  };
  /** The secure channel that the blank is personalised through; null for a blank that takes orders in clear. */
  readonly secureChannel: SecureChannelPlan | null;
  readonly slots: readonly PivSlotPlan[];
  /** Six to eight ASCII digits, without padding. */
  readonly pin: Secret;
  /** Eight bytes. */
  readonly puk: Secret;
  /** Wrong tries that PIN and PUK bear; null leaves the card's own. */
  readonly tries?: { readonly pin: number; readonly puk: number } | null;
  readonly printedInformation: PrintedInformation | null;
  /** The portrait behind the PIN; needs a content signer. */
  readonly facialImage?: FacialImage | null;
  /** Whether an empty key history is written: no retired keys. */
  readonly keyHistory?: boolean;
}

/** A certificate as read back from the card. `serial` and `sha256` (of the DER) are hex; `subject` is RFC 4514 text and holds a person. */
export interface PivCertificateReport {
  readonly slot: IssuedSlot;
  readonly serial: string;
  readonly sha256: string;
  readonly subject: string;
}

/** What was proven of a finished chip. `digest` is SHA-256 (hex) over GUID, CHUID and certificates: the step's entry in the journal. */
export interface PivReport {
  readonly guid: string;
  readonly certificates: readonly PivCertificateReport[];
  readonly digest: string;
}
