import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorityFiles } from '../../../../daemon/config/authority-config.ts';
import { parseStationConfig, readStationConfig } from '../../../../daemon/config/read-config.ts';
import type { StationConfig } from '../../../../daemon/config/station-config.ts';

const whole = {
  station: { id: 'station-1' },
  dataDir: 'data',
  lettersDir: 'letters',
  bench: {
    name: 'Bench 1',
    printer: { protocol: 'evolis', link: { kind: 'tcp', host: '10.1.2.3', port: 9100 } },
    readers: { contactless: 'HID Global OMNIKEY 5022 Smart Card Reader 00 00', contact: null },
  },
  keys: { module: '/usr/lib/hsm.so', tokenLabel: 'kortverk', pinFile: 'token.pin', keys: [{ label: 'station-seal', use: 'seal', versions: [1] }] },
  certificateAuthority: { protocol: 'est', url: 'https://ca.example/.well-known/est', rootFile: 'root.pem', clientCertificateFile: 'client.pem', clientKeyFile: 'client-key.pem' },
  profilesDir: 'profiles',
  approversFile: '/etc/kortverk/approvers.json',
  portalKeyFile: '/etc/kortverk/portal.jwk',
  site: { portal: 'portal.example', returnAddress: ['Kortverk'] },
};

describe('the station configuration', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kv-config-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('gets the limits of a real printer, paths that count from its folder, and cannot be changed', () => {
    const config = parseStationConfig(whole, '/srv/kortverk');
    expect(config.bench.limits).toMatchObject({ printFloorMs: 4000, moveTimeoutMs: 30_000, printTimeoutMs: 300_000 });
    expect(config.queue).toEqual({ kind: 'embedded' });
    expect([config.dataDir, config.keys.pinFile, config.portalKeyFile]).toEqual(['/srv/kortverk/data', '/srv/kortverk/token.pin', '/etc/kortverk/portal.jwk']);
    expect(Object.isFrozen(config.bench.limits)).toBe(true);
  });

  test('takes a CMP authority, by a shared secret or by a certificate', () => {
    const secret = parseStationConfig({ ...whole, certificateAuthority: { protocol: 'cmp', url: 'http://ca.example/pkix', chainFile: 'chain.pem', credential: { kind: 'secret', reference: 'station-1', secretFile: 'cmp.secret' } } }, '/etc/kortverk');
    expect(secret.certificateAuthority).toMatchObject({ chainFile: '/etc/kortverk/chain.pem', credential: { secretFile: '/etc/kortverk/cmp.secret' } });
    const certificate = parseStationConfig({ ...whole, certificateAuthority: { protocol: 'cmp', url: 'https://ca.example/pkix', rootFile: 'root.pem', responderFile: 'ra.pem', chainFile: 'chain.pem', credential: { kind: 'certificate', certificateFile: 'c.pem', keyFile: 'k.pem' } } }, '/e');
    expect(authorityFiles(certificate.certificateAuthority)).toEqual({
      'certificateAuthority.rootFile': '/e/root.pem', 'certificateAuthority.chainFile': '/e/chain.pem', 'certificateAuthority.responderFile': '/e/ra.pem',
      'certificateAuthority.credential.certificateFile': '/e/c.pem', 'certificateAuthority.credential.keyFile': '/e/k.pem',
    });
  });

  test('takes a CMP authority that tells its certificates itself', () => {
    const { certificateAuthority } = parseStationConfig({ ...whole, certificateAuthority: { protocol: 'cmp', url: 'http://ca.example/pkix', credential: { kind: 'secret', reference: 'r', secretFile: 's' } } }, '/e');
    expect(authorityFiles(certificateAuthority)['certificateAuthority.chainFile']).toBeUndefined();
    expect('chainFile' in certificateAuthority).toBe(false);
  });

  test('takes what was measured of printers, with the files of their colours', () => {
    const link = { kind: 'tcp', host: 'h', port: 9100 } as const;
    const measured = { serial: '10000251', contrast: { y: 12 }, brightness: { m: 9 }, offsetRightDots: -7, colour: { kind: 'table', file: 'colour/primacy.json' }, sharpeningPercent: 120 };
    const withPrinter = (printer: unknown): StationConfig => parseStationConfig({ ...whole, bench: { ...whole.bench, printer } }, '/etc/kortverk');
    expect(withPrinter({ protocol: 'evolis', link, calibrations: [measured] }).bench.printer.calibrations).toEqual([{ ...measured, offsetDownDots: 0, colour: { kind: 'table', file: '/etc/kortverk/colour/primacy.json' } }]);
    expect(withPrinter({ protocol: 'espf', device: 'Evolis Primacy 2', link, resolution: '600x300' }).bench.printer).toMatchObject({ resolution: '600x300', calibrations: [] });
    expect(withPrinter({ protocol: 'magicard', link, calibrations: [{ serial: 'M1', colour: { kind: 'icc', file: '/p.icc' } }] }).bench.printer.calibrations).toEqual([{ serial: 'M1', colour: { kind: 'icc', file: '/p.icc' } }]);
    expect(() => withPrinter({ protocol: 'evolis', link, calibrations: [{ ...measured, contrast: { y: 21 } }] })).toThrow(/contrast/);
    expect(() => withPrinter({ protocol: 'magicard', link, calibrations: [{ ...measured }] })).toThrow(/CFG-INVALID/);
  });

  test.each([
    ['an unknown setting', { ...whole, colour: 'green' }, 'colour'],
    ['a port out of range', { ...whole, bench: { ...whole.bench, printer: { protocol: 'evolis', link: { kind: 'tcp', host: 'h', port: 70_000 } } } }, 'bench.printer.link.port'],
    ['an authority without TLS', { ...whole, certificateAuthority: { ...whole.certificateAuthority, url: 'http://ca.example/' } }, 'certificateAuthority.url'],
    ['a CMP authority whose signed answers nothing vouches for', { ...whole, certificateAuthority: { protocol: 'cmp', url: 'http://ca.example/pkix', credential: { kind: 'certificate', certificateFile: 'c', keyFile: 'k' } } }, 'certificateAuthority.chainFile'],
    ['no return address', { ...whole, site: { portal: 'p', returnAddress: [] } }, 'site.returnAddress'],
  ])('names %s', (_name, value, field) => {
    expect(() => parseStationConfig(value, '/')).toThrow(expect.objectContaining({ code: 'CFG-INVALID', detail: expect.objectContaining({ field }) as unknown }));
  });

  test('names the file when it is missing, no JSON, endless, or larger than any configuration', async () => {
    const file = join(dir, 'broken.json');
    await writeFile(file, '{"station":');
    const large = join(dir, 'large.json');
    await writeFile(large, `${JSON.stringify(whole)}${' '.repeat(1024 * 1024)}`);
    for (const path of [file, join(dir, 'missing.json'), '/dev/zero', large]) {
      await expect(readStationConfig(path)).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: path } });
    }
  });
});
