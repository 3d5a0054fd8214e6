import { describe, expect, test } from 'vitest';
import { toldOnce } from '../../../../daemon/observe/told-once.ts';
import { systemClock } from '../../../../drivers/contracts/clock.ts';

describe('a trouble that repeats', () => {
  test('is told once, then counted, and told again with its count a minute later; another one is told at once', () => {
    let now = 0;
    const told: string[] = [];
    const hear = toldOnce((where, error) => told.push(`${where} ${error instanceof Error ? error.message : ''}`), { ...systemClock, steady: () => now });
    for (let second = 0; second < 60; second += 1) {
      now = second * 1_000;
      hear('redis', new Error('ECONNREFUSED'));
    }
    expect(told).toEqual(['redis ECONNREFUSED']);
    hear('redis', new Error('LOADING'));
    hear('claims', new Error('ECONNREFUSED'));
    now = 60_000;
    hear('redis', new Error('ECONNREFUSED'));
    now = 3_000_000;
    hear('redis', new Error('ECONNREFUSED'));
    expect(told.slice(1)).toEqual(['redis LOADING', 'claims ECONNREFUSED', 'redis ECONNREFUSED (59 more times before)', 'redis ECONNREFUSED']);
  });
});
