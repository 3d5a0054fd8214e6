import type { Finding } from '../../drivers/contracts/finding.ts';
import { addMonths } from '../order/calendar.ts';
import { identityKey, orderDay } from '../order/derived-values.ts';
import type { LogoFacts, OrderUnderCheck, PhotoFacts } from '../order/order-schema.ts';
import { about, when, type OrderRule } from './rule.ts';

/** Least photo after the crop (domain facts 1.12) and least logo, pixels. */
const PHOTO_MIN = { width: 300, height: 410 };
const LOGO_MIN = { width: 354, height: 118 };
/** How far the logo's shape may be from 3:1 before it is said: half as wide, or twice. */
const LOGO_RATIO = { nominal: 3, factor: 2 };

/** R22 to R24 and the photo rules P23, P24, P27, as far as figures decide them. Pictures that cannot be read are the intake's findings. */
export const pictureRules: readonly OrderRule[] = [
  { id: 'P23', source: 'own check', codes: ['PHO-TOO-SMALL', 'PHO-FRAMING'], check: ({ photo }) => (photo === null ? [] : photoSizeFindings(photo)) },
  { id: 'P24', source: 'upstream says', codes: ['PHO-TOO-OLD', 'PHO-AGE-UNKNOWN'], check: (order, { settings }) => photoAgeFindings(order, settings.photoMaxAgeMonths) },
  {
    id: 'P27',
    source: 'own check',
    codes: ['PHO-REUSED'],
    check: (order, { known }) => when(order.photo !== null && known.photoOfOther(order.photo.sha256, identityKey(order)), 'PHO-REUSED', 'photo'),
  },
  { id: 'R22', source: 'own check', codes: ['LOG-TOO-SMALL', 'LOG-RATIO'], check: ({ logo }) => (logo?.use === true ? logoSizeFindings(logo) : []) },
  {
    id: 'R23',
    source: 'own check',
    codes: ['LOG-MISSING', 'LOG-NOT-SELECTED'],
    check: ({ logo }) => [
      ...when(logo?.use === true && logo.assetId === undefined, 'LOG-MISSING', 'logo.file'),
      ...when(logo?.use === false && logo.assetId !== undefined, 'LOG-NOT-SELECTED', 'logo.use'),
    ],
  },
  {
    id: 'R24',
    source: 'own check',
    codes: ['LOG-COLOUR-UNAVAILABLE', 'ORD-MISSING'],
    check: ({ logo }, { site }) => {
      if (logo?.use !== true || logo.colour !== true) return [];
      return [...when(!site.colour, 'LOG-COLOUR-UNAVAILABLE', 'logo.colour'), ...when(logo.colourPriceAccepted === false, 'ORD-MISSING', 'logo.colourPriceAccepted')];
    },
  },
];

function photoSizeFindings(photo: PhotoFacts): readonly Finding[] {
  const { crop } = photo;
  const used = crop === undefined ? { width: photo.width, height: photo.height } : { width: crop.w, height: crop.h };
  const outside = crop !== undefined && (crop.x + crop.w > photo.width || crop.y + crop.h > photo.height);
  const size = `${used.width} x ${used.height} px, at least ${PHOTO_MIN.width} x ${PHOTO_MIN.height}`;
  return [
    ...when(outside, 'PHO-FRAMING', 'photo.crop', 'the crop leaves the picture'),
    ...when(used.width < PHOTO_MIN.width || used.height < PHOTO_MIN.height, 'PHO-TOO-SMALL', crop === undefined ? 'photo' : 'photo.crop', size),
  ];
}

/** Against the day of the order: a photo does not grow too old in the queue. */
function photoAgeFindings(order: OrderUnderCheck, maxMonths: number): readonly Finding[] {
  if (order.photo === null) return [];
  const { takenAt } = order.photo;
  if (takenAt === undefined) return [about('PHO-AGE-UNKNOWN', 'photo.takenAt')];
  return when(addMonths(takenAt, maxMonths) < orderDay(order), 'PHO-TOO-OLD', 'photo.takenAt');
}

function logoSizeFindings({ width, height }: LogoFacts): readonly Finding[] {
  if (width === undefined || height === undefined) return [];
  const ratio = width / height;
  const odd = ratio > LOGO_RATIO.nominal * LOGO_RATIO.factor || ratio < LOGO_RATIO.nominal / LOGO_RATIO.factor;
  return [
    ...when(width < LOGO_MIN.width || height < LOGO_MIN.height, 'LOG-TOO-SMALL', 'logo', `${width} x ${height} px`),
    ...when(odd, 'LOG-RATIO', 'logo', `${width} x ${height} px`),
  ];
}
