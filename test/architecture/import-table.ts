/**
 * Who may import whom: the table of the design, as data. A room is a folder, a single file, or files of one folder
 * that begin alike (`daemon/compose-*`); the longest match rules. Files of one room may always import each other. A room that stands here without itself in `mayImport` still
 * may import its own sub-folders only where they are named.
 */
export interface RoomRule {
  readonly room: string;
  /** Rooms of ours, by path; sub-folders are meant too. */
  readonly mayImport: readonly string[];
  /** Rooms that may only be loaded by `import()` when a command runs. */
  readonly mayLoad?: readonly string[];
  /** Rooms of which only types may be used. */
  readonly mayUseTypesOf?: readonly string[];
}

const contracts = 'drivers/contracts';
const codec = 'drivers/codec';
const everything = ['daemon', 'drivers', 'templates', 'queue', 'simulator'];

/** They are handed a channel and never open one, and they do not know each other. */
const deviceRooms = ['drivers/mifare-classic', 'drivers/piv', 'drivers/operator', 'drivers/keys', 'drivers/ca'];

export const roomRules: readonly RoomRule[] = [
  { room: contracts, mayImport: [] },
  { room: codec, mayImport: [contracts] },
  { room: 'drivers/channel', mayImport: [contracts, codec] },
  ...deviceRooms.map((room) => ({ room, mayImport: [contracts, codec] })),
  // The language that the printer itself and the vendor's service both speak.
  { room: 'drivers/printer/escape', mayImport: [contracts, codec] },
  { room: 'drivers/printer/evolis', mayImport: [contracts, codec, 'drivers/printer/escape'] },
  { room: 'drivers/printer/espf', mayImport: [contracts, codec, 'drivers/printer/escape'] },
  { room: 'drivers/printer/magicard', mayImport: [contracts, codec] },
  { room: 'drivers/open-bench.ts', mayImport: ['drivers'] },
  { room: 'drivers/open-printer.ts', mayImport: ['drivers'] },
  { room: 'drivers/find-printers.ts', mayImport: ['drivers'] },
  { room: 'drivers/read-card.ts', mayImport: ['drivers'] },

  { room: 'templates', mayImport: [contracts, 'templates'] },

  // Orders and rules are pure: they know no store, no Redis, no queue.
  { room: 'queue/order', mayImport: [contracts] },
  // Profiles speak of sectors and bytes of a chip, in the words of its codecs.
  { room: 'queue/profile', mayImport: [contracts, codec, 'queue/order'] },
  { room: 'queue/rules', mayImport: [contracts, 'queue/order', 'queue/profile'] },
  { room: 'queue', mayImport: [contracts, 'queue'] },

  { room: 'simulator', mayImport: [contracts, codec, 'simulator'] },

  {
    room: 'daemon/produce',
    mayImport: [contracts, codec, 'templates', 'queue/order', 'queue/profile', 'queue/journal', 'queue/claim'],
    mayUseTypesOf: ['drivers/mifare-classic', 'drivers/piv'],
  },
  ...['daemon/intake', 'daemon/portal', 'daemon/calibrate'].map((room) => ({
    room, mayImport: [contracts, 'templates', 'queue', 'daemon/files'], mayUseTypesOf: ['daemon/produce'],
  })),
  // How the files of a site are read: bounded, and named in what is wrong with them.
  { room: 'daemon/files', mayImport: [contracts] },
  { room: 'daemon/config', mayImport: [contracts, 'daemon/files'] },
  { room: 'daemon/observe', mayImport: [contracts] },
  {
    room: 'daemon/station',
    mayImport: [contracts, 'templates', 'queue', 'daemon/produce', 'daemon/intake', 'daemon/portal', 'daemon/config', 'daemon/files', 'daemon/observe'],
  },
  { room: 'daemon/api', mayImport: [contracts], mayUseTypesOf: ['templates', 'queue', 'daemon'] },
  { room: 'daemon/console', mayImport: [], mayUseTypesOf: ['daemon/api'] },
  { room: 'daemon/cli', mayImport: [contracts], mayLoad: everything, mayUseTypesOf: everything },
  // The one place that names concrete parts, in several files.
  { room: 'daemon/compose-*', mayImport: everything },
  { room: 'daemon/main.ts', mayImport: everything },

  { room: 'test', mayImport: [...everything, 'test'] },
];

/** Files that put parts of other rooms together. They close no cycle among rooms: nothing of their room needs them. */
export const assemblies: readonly string[] = ['daemon/compose-*', 'daemon/main.ts', 'drivers/open-bench.ts', 'drivers/open-printer.ts', 'drivers/find-printers.ts', 'drivers/read-card.ts', 'simulator/machine/machine.ts'];

/** Where a package of others may be used. Tests may use any. */
export interface PackageRule {
  readonly package: string;
  readonly rooms: readonly string[];
  /** How many files may import it, where that is limited. */
  readonly files?: number;
}

const allRooms = everything;

export const packageRules: readonly PackageRule[] = [
  { package: 'pcsclite', rooms: ['drivers/channel'], files: 1 },
  { package: 'serialport', rooms: ['drivers/channel'], files: 1 },
  { package: 'node-hid', rooms: ['drivers/channel'], files: 1 },
  { package: '@lydell/node-pty', rooms: ['simulator/machine'], files: 1 },
  { package: 'better-sqlite3', rooms: ['queue/store', 'queue/journal'] },
  { package: 'bullmq', rooms: ['queue/claim', 'queue/bullmq', 'queue/redis'] },
  { package: 'ioredis', rooms: ['queue/claim', 'queue/bullmq', 'queue/redis'] },
  { package: 'pkcs11js', rooms: ['drivers/keys'] },

  // zod at the doors: configuration (with the rules' settings), order, profile, template, API, and files that a person wrote.
  { package: 'zod', rooms: ['daemon/config', 'daemon/api', 'daemon/intake', 'daemon/station', 'queue/order', 'queue/profile', 'queue/rules', 'templates/schema', 'templates/compile'] },
  { package: 'commander', rooms: ['daemon/cli'] },
  { package: 'cli-progress', rooms: ['daemon/cli'] },
  { package: 'fastify', rooms: ['daemon/api'] },
  { package: 'pino', rooms: ['daemon/observe'] },
  { package: 'prom-client', rooms: ['daemon/observe'] },
  { package: 'jose', rooms: ['daemon/portal', 'daemon/compose-*'] },
  { package: 'csv-parse', rooms: ['daemon/intake'] },
  { package: 'any-ascii', rooms: ['daemon/produce'] },
  { package: 'personnummer', rooms: ['queue/order'] },
  { package: 'organisationsnummer', rooms: ['queue/order'] },
  { package: 'date-holidays', rooms: ['queue/order'] },
  { package: 'canonicalize', rooms: allRooms },
  { package: 'sharp', rooms: ['templates', 'simulator/printer', 'daemon/intake'] },
  { package: 'saxes', rooms: ['templates/compile'] },
  { package: 'fontkit', rooms: ['templates'] },
  { package: 'source-sans', rooms: ['templates'] },
  { package: 'qrcode', rooms: ['templates'] },
  { package: 'bwip-js', rooms: ['templates'] },
  { package: 'zxing-wasm', rooms: ['templates'] },
  { package: 'pdf-lib', rooms: ['templates'] },
  { package: '@peculiar/x509', rooms: ['simulator/ca'] },
  { package: 'reflect-metadata', rooms: ['simulator/ca'] },
  ...['@peculiar/asn1-cms', '@peculiar/asn1-csr', '@peculiar/asn1-ecc', '@peculiar/asn1-rsa', '@peculiar/asn1-schema', '@peculiar/asn1-x509'].map((name) => ({
    package: name, rooms: ['drivers/ca', 'drivers/piv', 'drivers/codec', 'simulator/ca'],
  })),
];
