import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkConfig } from '../../../daemon/compose-config-check.ts';
import { configJsonSchema } from '../../../daemon/config/config-json-schema.ts';
import { packageRoot } from '../../../drivers/contracts/package-root.ts';
import { temporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const sample = join(packageRoot(), 'samples', 'station.json');

interface SampleFile {
  station: Record<string, unknown>;
  [setting: string]: unknown;
}

describe('the check of a configuration', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('config');
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  async function changed(change: (value: SampleFile) => void): Promise<string> {
    const value = JSON.parse(await readFile(sample, 'utf8')) as SampleFile;
    change(value);
    const file = join(folder.path, 'station.json');
    await writeFile(file, JSON.stringify(value));
    return file;
  }

  test('finds nothing in the form of the sample of a real bench', async () => {
    const { config, findings } = await checkConfig(sample, true);
    expect(findings).toEqual([]);
    expect(config.station.cardNumbers).toEqual({ prefix: 'BB', first: 1, last: 499_999 });
    expect(config.profilesDir).toBe(join(packageRoot(), 'samples', 'profiles'));
  });

  test('names every file that cannot be read, and none of the profiles, whose keys the sample allows', async () => {
    const { findings } = await checkConfig(sample, false);
    expect(findings.map(({ field }) => field)).toEqual(expect.arrayContaining(['keys.pinFile', 'portalKeyFile', 'certificateAuthority.rootFile', 'queue.passwordFile', 'mailbox.tokenFile', 'station.sharing.keyFile']));
    expect(findings.map(({ code }) => code)).not.toContain('KEY-UNAVAILABLE');
  });

  test.each([
    ['several stations on an embedded queue', (value: SampleFile) => { value['queue'] = { kind: 'embedded' }; }, 'queue'],
    ['several stations and no numbers of their own', (value: SampleFile) => { delete value.station['cardNumbers']; }, 'station.cardNumbers'],
    ['a station that is not among the stations', (value: SampleFile) => { value.station['stations'] = ['stockholm-2', 'stockholm-3']; }, 'station.stations'],
    ['orders shared with nobody', (value: SampleFile) => { value.station['stations'] = ['stockholm-1']; value.station['sharing'] = { keyFile: 'site.key' }; }, 'station.sharing'],
  ])('finds %s', async (_name, change, field) => {
    const { findings } = await checkConfig(await changed(change), true);
    expect(findings.map((finding) => finding.field)).toEqual([field]);
  });

  test('finds a profile whose approval nobody listed has signed', async () => {
    const list = join(folder.path, 'nobody.json');
    await writeFile(list, '{"approvers":[]}');
    const file = await changed((value) => {
      value['profilesDir'] = join(packageRoot(), 'samples', 'profiles');
      value['approversFile'] = list;
    });
    const { findings } = await checkConfig(file, false);
    const profiles = readdirSync(join(packageRoot(), 'samples', 'profiles'));
    expect(findings.filter(({ code }) => code === 'ENC-PROFILE-UNVERIFIED')).toHaveLength(profiles.length);
  });

  test('names the files of a queue behind Sentinel on TLS, and the key of the site', async () => {
    const file = await changed((value) => {
      value['queue'] = { kind: 'sentinel', sentinels: [{ host: 'one', port: 26379 }], name: 'cards', passwordFile: 'p', sentinelPasswordFile: 's', tls: { caFile: 'ca', certificateFile: 'c', keyFile: 'k' } };
      value.station['sharing'] = { keyFile: 'site.key' };
    });
    const { config, findings } = await checkConfig(file, false);
    expect(findings.map(({ field }) => field)).toEqual(expect.arrayContaining(['queue.passwordFile', 'queue.sentinelPasswordFile', 'queue.tls.caFile', 'queue.tls.certificateFile', 'queue.tls.keyFile', 'station.sharing.keyFile']));
    expect(config.queue).toMatchObject({ passwordFile: join(folder.path, 'p'), tls: { caFile: join(folder.path, 'ca') } });
    expect(config.station.sharing).toEqual({ keyFile: join(folder.path, 'site.key'), remake: 'here' });
  });

  test('finds a key that a profile names and the station may not use', async () => {
    const file = await changed((value) => {
      value['profilesDir'] = join(packageRoot(), 'samples', 'profiles');
      value['approversFile'] = join(packageRoot(), 'samples', 'approvers.json');
      value['keys'] = { ...(value['keys'] as object), keys: [{ label: 'station-seal', use: 'seal', versions: [1] }] };
    });
    const { findings } = await checkConfig(file, false);
    expect(findings.filter(({ code }) => code === 'KEY-UNAVAILABLE').map(({ detail }) => detail?.note)).toContain('mifare-lock version 1');
  });

  test('finds colours of a printer that cannot be used, and takes those that can', async () => {
    const file = await changed((value) => {
      const colours = [{ kind: 'icc', file: '/nowhere/printer.icc' }, { kind: 'table', file: join(packageRoot(), 'samples', 'colour', 'made-up-ribbon.json') }];
      value['bench'] = { ...(value['bench'] as object), printer: { protocol: 'evolis', link: { kind: 'tcp', host: 'h', port: 9100 }, calibrations: colours.map((colour, index) => ({ serial: String(index), colour })) } };
    });
    const { findings } = await checkConfig(file, false);
    expect(findings.filter(({ field }) => field?.startsWith('bench.')).map(({ field, detail }) => `${field ?? ''} ${detail?.note ?? ''}`)).toEqual(['bench.printer.calibrations.0.colour ICC profile /nowhere/printer.icc cannot be read']);
  });

  test('refuses a range of numbers that ends before it begins', async () => {
    const file = await changed((value) => { value.station['cardNumbers'] = { prefix: 'BB', first: 9, last: 8 }; });
    await expect(checkConfig(file, true)).rejects.toMatchObject({ code: 'CFG-INVALID', detail: { field: 'station.cardNumbers.last' } });
  });

  test('has its schema in the documentation as it is in the code', () => {
    const page = readFileSync(join(packageRoot(), 'docs', 'station.schema.json'), 'utf8');
    expect(JSON.parse(page)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });
});
