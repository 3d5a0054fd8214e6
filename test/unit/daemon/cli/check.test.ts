import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerCheck } from '../../../../daemon/cli/check.ts';
import { registerOrders } from '../../../../daemon/cli/orders.ts';
import { openOrderFolder, person, type OrderFolder } from '../../../support/orders/order-folder.ts';

let folder: OrderFolder;

beforeEach(async () => {
  folder = await openOrderFolder();
  await folder.writeOrder('good.json', await folder.order({ orderId: 'GOOD' }));
});
afterEach(() => folder[Symbol.asyncDispose]());

/** Runs a command line in this process and gives what it wrote and its exit code. */
async function run(...words: readonly string[]): Promise<{ readonly out: string; readonly err: string; readonly exitCode: number }> {
  const program = new Command().exitOverride();
  registerCheck(program);
  registerOrders(program);
  const [out, err] = [vi.spyOn(process.stdout, 'write').mockReturnValue(true), vi.spyOn(process.stderr, 'write').mockReturnValue(true)];
  try {
    await program.parseAsync(words, { from: 'user' });
    const text = (spy: typeof out): string => spy.mock.calls.map(([chunk]) => String(chunk)).join('');
    return { out: text(out), err: text(err), exitCode: Number(process.exitCode ?? 0) };
  } finally {
    out.mockRestore();
    err.mockRestore();
    process.exitCode = undefined;
  }
}

const badOrder = () => folder.order({ orderId: 'BAD', holder: person('195704289999', 'Per-Olof', 'Ek'), approvals: {}, orderer: { accountId: 'a', role: 'VISITOR' }, photo: { file: 'nobody.jpg' } });

describe('kortverk check', () => {
  it('exits 0 when every order is good', async () => {
    const { out, exitCode } = await run('check', folder.path);
    expect(exitCode).toBe(0);
    expect(out).toContain('GOOD good ');
    expect(out).toMatch(/1 good, 0 refused\n$/);
  });

  it('tells every finding with code, field and both sentences, and exits 1', async () => {
    await folder.writeOrder('bad.json', await badOrder());
    const { out, exitCode } = await run('check', folder.path);
    expect(exitCode).toBe(1);
    for (const code of ['FIL-MISSING photo.file', 'ORD-NOT-AUTHORISED orderer.role', 'APR-ORDERER approvals.orderer', 'APR-HOLDER approvals.holder']) expect(out).toContain(code);
    expect(out).toContain('Filen nobody.jpg finns inte. The file nobody.jpg does not exist.');
  });

  it('gives the same as JSON', async () => {
    await folder.writeOrder('bad.json', await badOrder());
    const { out, exitCode } = await run('check', '--json', folder.path);
    const result = JSON.parse(out) as { readonly accepted: readonly { orderId: string }[]; readonly refused: readonly { orderId: string; findings: readonly Record<string, unknown>[] }[] };
    expect(exitCode).toBe(1);
    expect(result.accepted.map(({ orderId }) => orderId)).toEqual(['GOOD']);
    expect(result.refused[0]?.orderId).toBe('BAD');
    expect(result.refused[0]?.findings).toContainEqual(
      expect.objectContaining({ code: 'APR-HOLDER', field: 'approvals.holder', file: `${folder.path}/bad.json`, rule: 'R25', source: 'upstream says', next: 'hold', move: 'holder', sv: 'Väntar på godkännande från kortinnehavaren.' }),
    );
  });

  it('exits 2 for a faulty configuration', async () => {
    const { err, exitCode } = await run('check', '--config', `${folder.path}/nobody.json`, folder.path);
    expect(exitCode).toBe(2);
    expect(err).toContain('CFG-INVALID: ');
  });
});

describe('kortverk orders hash', () => {
  it('prints the hash that the approvals carry', async () => {
    const { approvals } = (await folder.order({ orderId: 'GOOD' })) as { approvals?: { holder?: { contentHash?: string } } };
    const { out, exitCode } = await run('orders', 'hash', `${folder.path}/good.json`);
    expect(exitCode).toBe(0);
    expect(out).toBe(`${approvals?.holder?.contentHash ?? ''}  GOOD\n`);
  });

  it('needs no approvals, and tells what it cannot read', async () => {
    await folder.writeOrder('open.json', await folder.order({ orderId: 'OPEN', holder: person('195704289999', 'Per-Olof', 'Ek'), approvals: {} }));
    await folder.write('broken.json', '{');
    const { out, err, exitCode } = await run('orders', 'hash', folder.path);
    expect(exitCode).toBe(1);
    expect(out.trim().split('\n').map((line) => line.split('  ')[1])).toEqual(['GOOD', 'OPEN']);
    expect(err).toContain('broken.json ORD-SCHEMA order: ');
  });
});
