import { z } from 'zod';
import { certificateAuthority } from './authority-config.ts';

const milliseconds = z.int().min(0).max(3_600_000);
const path = z.string().min(1);
const stationId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/);

const tcpLink = z.strictObject({ kind: z.literal('tcp'), host: z.string().min(1), port: z.int().min(1).max(65_535) });
const serialLink = z.strictObject({
  kind: z.literal('serial'),
  path,
  baudRate: z.union([2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200].map((rate) => z.literal(rate))).default(115_200),
  parity: z.enum(['none', 'odd', 'even']).default('none'),
  flowControl: z.enum(['none', 'rts-cts', 'xon-xoff']).default('rts-cts'),
  /** Whether the printer's line is set to ACK/NACK. */
  acknowledges: z.boolean().default(false),
});
/** The node of a USB printer, such as /dev/usb/lp0. */
const deviceLink = z.strictObject({ kind: z.literal('device'), path });

const strength = z.int().min(1).max(20).optional();
const byPanel = z.strictObject({ y: strength, m: strength, c: strength, k: strength, o: strength }).default({});
const offsetDots = z.int().min(-100).max(100).default(0);
/** What a technician measured of one printer; used for the printer with this serial number alone. */
const colourCalibration = z.strictObject({
  serial: z.string().min(1).max(40),
  /** How dyes are found for a colour: an RGB ICC profile of the printer, or a table of measured patches; straight when absent. */
  colour: z.strictObject({ kind: z.enum(['icc', 'table']), file: path }).optional(),
  /** How much of the design's sharpening of the photo this printer's dyes need. */
  sharpeningPercent: z.int().min(0).max(300).optional(),
});
const calibration = colourCalibration.extend({ contrast: byPanel, brightness: byPanel, offsetRightDots: offsetDots, offsetDownDots: offsetDots });
const calibrations = z.array(calibration).max(20).default([]);

/** How the bench's printer is reached. Only what `drivers` can drive is listed. */
const printer = z.discriminatedUnion('protocol', [
  z.strictObject({ protocol: z.literal('evolis'), link: z.discriminatedUnion('kind', [tcpLink, serialLink, deviceLink]), calibrations, dyeLevels: z.literal([2, 32, 64, 128]).optional() }),
  /** The vendor's service; `device` is the printer's name there, `resolution` the dots an inch along and across the card where it is not the model's own. */
  z.strictObject({ protocol: z.literal('espf'), device: z.string().min(1).max(80), link: tcpLink, calibrations, resolution: z.enum(['300', '600x300', '600']).optional() }),
  /** Print only: no chip stations. */
  z.strictObject({ protocol: z.literal('magicard'), link: z.discriminatedUnion('kind', [tcpLink, deviceLink]), calibrations: z.array(colourCalibration).max(20).default([]) }),
]);

const readers = z.strictObject({
  /** PC/SC names; null where the bench has no such station. */
  contactless: z.string().min(1).nullable(),
  contact: z.string().min(1).nullable(),
  /** Socket of the card service; absent for the computer's own. */
  serviceSocket: path.optional(),
});

/** Time limits in milliseconds; the defaults are those of a real Evolis printer (printers.md 8). */
const limits = z.strictObject({
  moveTimeoutMs: milliseconds.default(30_000),
  printTimeoutMs: milliseconds.default(300_000),
  printFloorMs: milliseconds.default(4_000),
  presenceTimeoutMs: milliseconds.default(5_000),
  exchangeTimeoutMs: milliseconds.default(60_000),
  queryTimeoutMs: milliseconds.default(30_000),
});

const bench = z.strictObject({ name: z.string().min(1).max(80), printer, readers, limits: limits.prefault({}) });

const serverAddress = { host: z.string().min(1), port: z.int().min(1).max(65_535) };
const redisLogin = {
  /** A user of the server's access list; absent, its default user. */
  username: z.string().min(1).optional(),
  passwordFile: path.optional(),
  /** `true` trusts the computer's authorities; or name the server's own, and this station's certificate where it asks for one. */
  tls: z
    .union([
      z.boolean(),
      z
        .strictObject({ caFile: path.optional(), certificateFile: path.optional(), keyFile: path.optional(), serverName: z.string().min(1).optional() })
        .refine(({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined), { path: ['keyFile'], message: 'a certificate and its key belong together' }),
    ])
    .default(false),
};

const queue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('embedded') }),
  z.strictObject({ kind: z.literal('server'), ...serverAddress, ...redisLogin }),
  /** A primary that Sentinel watches: each failover counts as a loss of data. User and password are the primary's. */
  z.strictObject({
    kind: z.literal('sentinel'),
    sentinels: z.array(z.strictObject(serverAddress)).min(1).max(9),
    /** The primary's name at the sentinels. */
    name: z.string().min(1).max(80),
    sentinelPasswordFile: path.optional(),
    ...redisLogin,
  }),
  /** A Redis Cluster: the node that holds our keys is found by asking these; a failover counts as a loss of data. User and password are the same at every node. */
  z.strictObject({ kind: z.literal('cluster'), nodes: z.array(z.strictObject(serverAddress)).min(1).max(32), ...redisLogin }),
]);

const keys = z.strictObject({
  module: path,
  tokenLabel: z.string().min(1).max(32),
  pinFile: path,
  /** Environment of the module, such as the path of its own configuration. */
  environment: z.record(z.string(), z.string()).default({}),
  /** The keys the station relies on; exactly one seals. */
  keys: z.array(z.strictObject({ label: z.string().min(1).max(32), use: z.enum(['derive', 'seal']), versions: z.array(z.int().min(1).max(65_535)).min(1) })).min(1),
});

/** Who signs the objects on the cards (CHUID, portrait, security object). */
const contentSigner = z.strictObject({
  /** Key pair (P-256) of the token; made when neither it nor its certificate is there. */
  key: z.strictObject({ label: z.string().min(1).max(32), version: z.int().min(1).max(65_535) }),
  /** Its certificate (PEM). Asked of the certificate authority when the file is not there. */
  certificateFile: path,
  /** The issuer as it stands in the certificate. */
  organisation: z.string().min(1).max(64).default('ID06'),
});

/** What this site offers; rules R24, R33 and R35 read it. */
const site = z.strictObject({
  expressPickupPoints: z.array(z.string()).default([]),
  accessories: z.array(z.string()).default(['EM_HOLDER', 'EM_FOB', 'EM_CARD']),
  /** Where the holder activates the card, as it stands in the letter. */
  portal: z.string().min(1).max(80),
  returnAddress: z.array(z.string().min(1).max(60)).min(1).max(4),
});

/** The part of the card numbers `BB-YYMM-nnnnnn` that is this station's; two stations never share one. */
const cardNumbers = z
  .strictObject({ prefix: z.string().regex(/^[A-Z]{2}$/), first: z.int().min(1).max(999_999), last: z.int().min(1).max(999_999) })
  .refine(({ first, last }) => first <= last, { path: ['last'], message: 'must not be below first' });

const sharing = z.strictObject({
  /** 32 random bytes in hex, the same at every station: what orders are sealed with on their way from one to another. */
  keyFile: path,
  /** Whether a free station makes the next card of an order whose card was scrapped elsewhere. */
  remake: z.enum(['here', 'elsewhere']).default('here'),
});

/** Where outcomes and sealed PINs are delivered; absent, they wait in the outbox. */
const mailbox = z.discriminatedUnion('kind', [
  /** One file a message in a folder; how the simulated portal is reached, and a hand-over to another program. */
  z.strictObject({ kind: z.literal('folder'), folder: path }),
  /** One POST a message; `Idempotency-Key` names it. */
  z.strictObject({ kind: z.literal('http'), url: z.url({ protocol: /^https?$/ }), tokenFile: path.optional() }),
]);

const stock = z.strictObject({
  /** Whether a blank may be used whose UID nobody registered. */
  onlyKnownBlanks: z.boolean().default(false),
});

const retention = z.strictObject({
  /** Days after shipment (or refusal, withdrawal) until photos and personal data leave. */
  personalDataDays: z.int().min(1).max(3650).default(30),
});

/**
 * The configuration of one station: type, check, default and documentation in one schema. Paths that are not absolute
 * count from the configuration file's folder.
 */
export const stationConfigSchema = z.strictObject({
  station: z.strictObject({
    id: stationId,
    /** Every station that shares the queue's server, this one among them; absent when it is alone. */
    stations: z.array(stationId).min(1).optional(),
    cardNumbers: cardNumbers.optional(),
    /** Kinds of blanks that are loaded at this bench, or can be. */
    blanks: z.array(z.enum(['mifare+piv', 'piv'])).min(1).default(['mifare+piv', 'piv']),
    /** Orders taken in here may be made at the other stations, and theirs here; absent, each station makes its own. */
    sharing: sharing.optional(),
  }),
  /** Where store, journal, queue and results are kept. */
  dataDir: path,
  /** Where the activation letters are laid, to be printed. */
  lettersDir: path,
  bench,
  queue: queue.default({ kind: 'embedded' }),
  keys,
  certificateAuthority,
  /** Absent: nothing on the cards is signed, and no profile may ask for a portrait in the chip. */
  contentSigner: contentSigner.optional(),
  profilesDir: path,
  /** Whose approvals of profiles count: names and public keys (JSON). Keep it where nobody who writes profiles may write. */
  approversFile: path,
  /** Public key (JWK file) that PINs are sealed to for the portal. */
  portalKeyFile: path,
  mailbox: mailbox.optional(),
  /** Where a collector of metrics asks over TCP (`GET /metrics`, Prometheus text); absent, only the desk's socket answers. */
  metrics: z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port: z.int().min(0).max(65_535) }).optional(),
  stock: stock.prefault({}),
  retention: retention.prefault({}),
  site,
});

export type QueueConfig = z.infer<typeof queue>;
/** A queue on a server that others may share. */
export type RemoteQueue = Exclude<QueueConfig, { readonly kind: 'embedded' }>;
export type StationConfig = z.infer<typeof stationConfigSchema>;
