import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../drivers/contracts/clock.ts';
import type { Finding } from '../drivers/contracts/finding.ts';
import { stockholmDay } from '../queue/order/calendar.ts';
import { MAX_VALIDITY_MONTHS, printedOrganisationNumber, validTo } from '../queue/order/derived-values.ts';
import { cardProfileOf } from '../queue/profile/profile-set.ts';
import { validityCapMonths } from '../queue/rules/nationality.ts';
import { defaultRuleSettings } from '../queue/rules/rule-settings.ts';
import { makeCardProof } from '../templates/letter/card-proof.ts';
import { openRenderer, type CardRenderer } from '../templates/render/card-renderer.ts';
import { checkRenderedTexts } from '../templates/render/check-rendered-texts.ts';
import { writeCardPictures } from '../templates/render/write-pictures.ts';
import type { AcceptedOrder } from './intake/intake-result.ts';
import { readOrders } from './intake/read-orders.ts';
import { approversBeside } from './intake/read-approvers.ts';
import { readProfiles } from './intake/read-profiles.ts';
import { cardFaceOf } from './produce/card-face.ts';

const RENDER_TIMEOUT_MS = 60_000;

/** What to draw, and where the pictures go. */
export interface RenderRequest {
  readonly paths: readonly string[];
  readonly outDir: string;
  readonly profilesDir: string;
  readonly returnAddress: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What became of one order: its files and digests, or why there are none. */
export interface RenderOutcome {
  readonly orderId: string | null;
  readonly file: string;
  readonly folder: string | null;
  readonly files: readonly string[];
  readonly digest: string | null;
  readonly template: string | null;
  readonly findings: readonly Finding[];
}

/**
 * Draws the cards of order files without a station: pictures of both sides, the panels and a proof. Several orders get a folder
 * each, named by order. An order without a card number is drawn with its series and zeros. The rules are not asked: `check` does.
 */
export async function renderOrders(request: RenderRequest): Promise<readonly RenderOutcome[]> {
  const cacheDir = await mkdtemp(join(tmpdir(), 'kortverk-render-'));
  try {
    const renderer = await openRenderer({ cacheDir, clock: request.clock });
    const { accepted, refused } = await readOrders(request.paths);
    const outcomes: RenderOutcome[] = refused.map(({ orderId, place, findings }) => failed(orderId, place.file, findings));
    for (const order of accepted) {
      const folder = accepted.length === 1 ? request.outDir : join(request.outDir, order.order.orderId);
      outcomes.push(await renderOne(renderer, order, folder, request));
    }
    return outcomes;
  } finally {
    await rm(cacheDir, { recursive: true, force: true });
  }
}

async function renderOne(renderer: CardRenderer, { order, place, photo, logo }: AcceptedOrder, folder: string, request: RenderRequest): Promise<RenderOutcome> {
  const profile = cardProfileOf(order.card, await readProfiles({ profilesDir: request.profilesDir, approversFile: approversBeside(request.profilesDir) }));
  if (profile === null) return failed(order.orderId, place.file, [{ code: 'ENC-PROFILE-UNKNOWN', field: 'card.technologyProfile' }]);
  const today = stockholmDay(request.clock.now());
  const months = validityCapMonths(order, today, defaultRuleSettings) ?? MAX_VALIDITY_MONTHS;
  const cardNumber = order.card.number ?? `BB-${today.slice(2, 4)}${today.slice(5, 7)}-000000`;
  const face = cardFaceOf(order, { photo, logo }, profile, { cardNumber, validTo: validTo(order, today, months) }, request.returnAddress);
  const findings = [...renderer.check(face), ...(await renderer.checkPictures(face))];
  if (findings.length > 0) return failed(order.orderId, place.file, findings);
  const card = await renderer.render(face, { signal: request.signal, timeoutMs: RENDER_TIMEOUT_MS });
  const wrong = checkRenderedTexts(card.texts, { organisationNumber: printedOrganisationNumber(order), personalNumbers: [order.holder.identity.value] });
  if (wrong.length > 0) return failed(order.orderId, place.file, wrong);
  const files = await writeCardPictures(card, folder);
  await writeFile(join(folder, 'proof.pdf'), await makeCardProof(card, today, renderer.fonts));
  const template = `${card.templateId} ${card.templateVersion}`;
  return { orderId: order.orderId, file: place.file, folder, files: [...files, 'proof.pdf'], digest: card.image.digest, template, findings: [] };
}

function failed(orderId: string | null, file: string, findings: readonly Finding[]): RenderOutcome {
  return { orderId, file, folder: null, files: [], digest: null, template: null, findings };
}
