import { beforeAll, describe, expect, it } from 'vitest';
import { cardMaker } from '../../simulator/machine/card-maker.ts';
import { goodCardProblems } from '../campaign/judge-card.ts';
import { losses, pullAtEveryApdu, type PullCampaign } from '../campaign/pull-at-every-apdu.ts';

/** Every so manieth command: a few from each part of an issue. The campaign (`npm run campaign -- pulls`) tries all. */
const EVERY = 137;
const FIRST = 7;

describe('the judge of cards', () => {
  it('finds everything wrong with a blank', () => {
    const blank = cardMaker('HID Global OMNIKEY 5022 Smart Card Reader 00 00')({ uid: '04A1B2C3D4E5F6', lot: 'L', kind: 'mifare+piv' }, null, () => undefined);
    const problems = goodCardProblems(blank);
    expect(problems.filter((problem) => /^sector \d+ has a transport key$/.test(problem))).toHaveLength(16);
    expect(problems).toEqual(expect.arrayContaining(['sector 0 is open: key B can be read', 'the directory does not verify', 'CHUID is not there', 'certificate 9A is not there', 'the factory PIN is not refused']));
  });
});

describe('card or daemon lost in the middle of a whole issue, both chips', () => {
  let campaign: PullCampaign;

  beforeAll(async () => {
    campaign = await pullAtEveryApdu({ first: FIRST, every: EVERY });
  }, 180_000);

  it('is tried at commands to both chips', () => {
    expect(campaign.results).toHaveLength(Math.ceil((campaign.commands.length - FIRST) / EVERY) * losses.length);
    expect(new Set(campaign.results.map(({ command }) => command.station))).toEqual(new Set(['contactless', 'contact']));
  });

  it('never leaves a card that is called good and is not, nor one that is nowhere', () => {
    expect(campaign.results.filter(({ problems }) => problems.length > 0)).toEqual([]);
  });

  it('completes every card that answers again and every card whose daemon died, and scraps one whose chip is dead', () => {
    const fates = (what: 'card' | 'chip' | 'daemon') => new Set(campaign.results.filter(({ how }) => how.startsWith(what)).map(({ fate }) => fate));
    expect(fates('card')).toEqual(new Set(['completed']));
    expect(fates('daemon')).toEqual(new Set(['completed']));
    expect(fates('chip')).toEqual(new Set(['scrapped']));
  });
});
