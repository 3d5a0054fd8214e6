import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultEntry } from '../../../../drivers/contracts/fault.ts';
import { packageRoot } from '../../../../drivers/contracts/package-root.ts';
import { machineRules } from '../../../../queue/rules/machine-rules.ts';
import { orderRules, runRules } from '../../../../queue/rules/rule-table.ts';
import { defaultRuleSettings, ruleSettingsSchema } from '../../../../queue/rules/rule-settings.ts';
import { exampleContext } from '../../../support/orders/example-context.ts';
import { exampleOrder, spoilt } from '../../../support/orders/example-order.ts';

const numbered = Array.from({ length: 50 }, (_, index) => `R${String(index + 1).padStart(2, '0')}`);

describe('the table of rules', () => {
  it('has R01 to R50 once each, judged here or enforced elsewhere', () => {
    const ids = [...orderRules, ...machineRules].map(({ id }) => id).filter((id) => id.startsWith('R'));
    expect(ids.toSorted()).toEqual(numbered);
  });

  it('names places that exist and codes that stop something or warn', () => {
    for (const { enforcedIn } of machineRules) expect(existsSync(join(packageRoot(), enforcedIn)), enforcedIn).toBe(true);
    for (const { codes } of [...orderRules, ...machineRules]) for (const code of codes) expect(faultEntry(code).sv.length).toBeGreaterThan(5);
  });

  it('marks what is only as good as upstream (domain facts 4.6)', () => {
    const upstream = orderRules.filter(({ id, source }) => id.startsWith('R') && source === 'upstream says').map(({ id }) => id);
    expect(upstream).toEqual(['R08', 'R11', 'R13', 'R16', 'R25', 'R26', 'R28', 'R30', 'R44', 'R45']);
  });

  it('finds nothing in a good order', () => {
    expect(runRules(exampleOrder(), exampleContext())).toEqual([]);
  });

  it('gives all findings at once, with rule and source, and is pure', () => {
    const order = spoilt(({ company, holder }) => ({
      company: { ...company, organisationNumber: '556016-0681', id06Status: 'CLOSED' },
      holder: { ...holder, email: undefined },
      approvals: {},
      photo: null,
    }));
    const before = structuredClone(order);
    const findings = runRules(order, exampleContext());
    expect(findings.map(({ rule, code }) => `${rule} ${code}`)).toEqual([
      'R05 COM-ORGNR-INVALID', 'R11 COM-ACCOUNT-INACTIVE', 'R17 PER-CONTACT-MISSING', 'R25 APR-ORDERER', 'R25 APR-ISSUER', 'R25 APR-HOLDER',
    ]);
    expect(findings[1]?.source).toBe('upstream says');
    expect(order).toEqual(before);
    expect(runRules(order, exampleContext())).toEqual(findings);
  });

  it('tells no name and no number of a person', () => {
    const order = spoilt(({ holder }) => ({ holder: { ...holder, firstName: 'Hemlig\u0000', identity: { type: 'PERSONNUMMER', value: '700428-9895' }, nationality: 'ZZ' }, approvals: {} }));
    expect(JSON.stringify(runRules(order, exampleContext()))).not.toMatch(/Hemlig|9895/);
  });
});

describe('the settings', () => {
  it('of ID06 pass their own schema and have a cap for every holder on every day since 2018', () => {
    expect(ruleSettingsSchema.parse(defaultRuleSettings)).toEqual(defaultRuleSettings);
    for (const group of ['SE', 'EU', 'OTHER']) {
      for (const identity of ['PERSONNUMMER', 'SAMORDNINGSNUMMER', 'FOREIGN']) {
        expect(defaultRuleSettings.validityCaps.some((row) => row.group === group && row.identity === identity && row.from <= '2018-10-01')).toBe(true);
      }
    }
  });
});
