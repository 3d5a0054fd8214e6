import type { DrawnPerson, PictureCut } from './draw-portrait.ts';
import { akerlund, astrom, norrsken, oberg, qvist, smalspar, snickeriet, vatterbygden, type SampleCompany } from './sample-companies.ts';
import { people, type SamplePerson } from './sample-people.ts';

/** What makes one sample order differ from the others. */
export interface SampleOrder {
  readonly orderId: string;
  readonly company: SampleCompany;
  readonly person: SamplePerson;
  readonly portrait: { readonly drawn: DrawnPerson; readonly grey: boolean } | { readonly cut: PictureCut };
  readonly technology: 'PIVC_MIFARE' | 'PIVC';
  readonly express?: boolean;
  /** The logo is used, in colour or not; absent where the card shows none. */
  readonly logoColour?: boolean;
  readonly validityMonths?: number;
  readonly trade?: boolean;
  readonly fob?: boolean;
  readonly email: string;
  /** What is spoilt after the approvals were given, and the codes that must be found. */
  readonly spoilt?: { readonly how: 'no holder approval' | 'name changed'; readonly codes: readonly string[] };
  /** The codes of an order that is wrong by itself. */
  readonly refusedFor?: readonly string[];
}

const drawn = (grey: boolean, skin: string, hair: string, jacket: string, eyes: string, rest: Partial<DrawnPerson> = {}): SampleOrder['portrait'] => ({
  drawn: { skin, hair, jacket, eyes, beard: false, glasses: false, face: 1, ...rest },
  grey,
});

const order = (number: number, company: SampleCompany, person: SamplePerson, portrait: SampleOrder['portrait'], technology: SampleOrder['technology'], rest: Partial<SampleOrder> = {}): SampleOrder => ({
  orderId: `ID06-${number}`, company, person, portrait, technology, email: `order${number}@kortverk.example`, ...rest,
});

/** The sample batch: fourteen orders that are produced, five that are refused. */
export const sampleOrders: readonly SampleOrder[] = [
  order(10001, akerlund, people.ake, drawn(false, '#e8b894', '#8a5a2b', '#f2a900', '#3b6ea5'), 'PIVC_MIFARE', { logoColour: true }),
  order(10002, akerlund, people.wojciech, drawn(false, '#f0c8a8', '#3a2a1e', '#f2a900', '#5a4632', { beard: true }), 'PIVC_MIFARE', { logoColour: true }),
  order(10003, norrsken, people.gunnel, { cut: { file: 'grace-hopper.jpg', grey: true } }, 'PIVC'),
  order(10004, norrsken, people.lukasz, drawn(false, '#ecc09c', '#c79a4b', '#1f4e79', '#4d7f5c', { glasses: true }), 'PIVC', { express: true }),
  order(10005, oberg, people.janis, drawn(true, '#e6bd9a', '#4b4b4b', '#e0e0e0', '#555555', { face: 0.94 }), 'PIVC_MIFARE', { logoColour: false }),
  order(10006, oberg, people.orjan, drawn(false, '#f3cdb0', '#d9b36c', '#ffffff', '#5b86b5', { face: 1.06 }), 'PIVC_MIFARE'),
  order(10007, qvist, people.zivile, { cut: { file: 'astronaut.png' } }, 'PIVC_MIFARE', { logoColour: true }),
  order(10008, qvist, people.tonu, drawn(false, '#efc6a5', '#a8743c', '#00407a', '#3d6b8c'), 'PIVC', { express: true, validityMonths: 12 }),
  order(10009, snickeriet, people.oleksandr, drawn(false, '#d9a87e', '#1e1712', '#3f6b3a', '#3a2c20', { beard: true, face: 1.04 }), 'PIVC', { validityMonths: 24 }),
  order(10010, snickeriet, people.vaino, drawn(true, '#e2c0a6', '#bdbdbd', '#3f6b3a', '#6b6b6b', { glasses: true }), 'PIVC_MIFARE', { logoColour: true }),
  order(10011, astrom, people.bengt, drawn(false, '#dcae8a', '#8f8f8f', '#7a3e2b', '#47637a', { beard: true, glasses: true }), 'PIVC_MIFARE', { fob: true }),
  order(10012, astrom, people.perOlof, drawn(false, '#e9bf9f', '#6f6f6f', '#7a3e2b', '#517a51', { face: 0.92 }), 'PIVC', { express: true }),
  order(10013, vatterbygden, people.maximilian, { cut: { file: 'astronaut.png', mirror: true, tint: { saturation: 0.75, brightness: 1.05, hue: 12 } } }, 'PIVC_MIFARE', { logoColour: true }),
  order(10014, akerlund, people.adne, drawn(false, '#f1cbb0', '#b5651d', '#f2a900', '#3f7f86', { beard: true }), 'PIVC_MIFARE', { logoColour: false, trade: true }),
  order(10015, smalspar, people.zygimantas, drawn(false, '#e3b58f', '#2d2119', '#5c5c5c', '#4a3a28'), 'PIVC_MIFARE', { logoColour: false, refusedFor: ['LOG-TOO-SMALL'] }),
  order(10016, norrsken, people.wrongDigit, drawn(false, '#edc3a1', '#7a5230', '#1f4e79', '#3b6ea5', { glasses: true, face: 1.05 }), 'PIVC', { refusedFor: ['PER-NUMBER-INVALID'] }),
  order(10017, qvist, people.eriks, drawn(false, '#e8bd98', '#9b7b4f', '#00407a', '#5f7f4f', { face: 0.95 }), 'PIVC_MIFARE', { spoilt: { how: 'no holder approval', codes: ['APR-HOLDER'] } }),
  order(10018, snickeriet, people.orjan, drawn(true, '#f3cdb0', '#cfcfcf', '#3f6b3a', '#777777', { face: 1.06 }), 'PIVC', { validityMonths: 72, refusedFor: ['VAL-TOO-LONG'] }),
  order(10019, vatterbygden, people.gunnel, { cut: { file: 'grace-hopper.jpg', mirror: true } }, 'PIVC_MIFARE', { spoilt: { how: 'name changed', codes: ['APR-CONTENT-CHANGED'] } }),
];
