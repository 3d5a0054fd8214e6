import sharp from 'sharp';

/** A light, plain background, as the photo rules want it. */
const BACKGROUND = '#e9e7e3';
const WIDTH = 492;
const HEIGHT = 656;

/** How a drawn person looks; colours are CSS. */
export interface DrawnPerson {
  readonly skin: string;
  readonly hair: string;
  readonly jacket: string;
  readonly eyes: string;
  readonly beard: boolean;
  readonly glasses: boolean;
  /** 0.9 narrow to 1.1 wide. */
  readonly face: number;
}

/** Part of one of the two public-domain portraits, and what is done to it. */
export interface PictureCut {
  readonly file: 'astronaut.png' | 'grace-hopper.jpg';
  readonly grey?: boolean;
  readonly mirror?: boolean;
  readonly tint?: { readonly saturation: number; readonly brightness: number; readonly hue: number };
}

/** Head and shoulders of each picture, so that the head takes about three quarters of the height. */
const cuts = {
  'astronaut.png': { left: 138, top: 0, width: 180, height: 240 },
  'grace-hopper.jpg': { left: 120, top: 0, width: 285, height: 380 },
} as const;

/** Makes a JPEG portrait of 492 x 656 px from one of the two pictures in `folder`. */
export async function cutPortrait(folder: string, cut: PictureCut): Promise<Uint8Array> {
  let picture = sharp(`${folder}/${cut.file}`).extract(cuts[cut.file]).resize(WIDTH, HEIGHT, { kernel: 'lanczos3' });
  if (cut.mirror === true) picture = picture.flop();
  if (cut.tint !== undefined) picture = picture.modulate(cut.tint);
  if (cut.grey === true) picture = picture.greyscale();
  return picture.jpeg({ quality: 88, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** Draws a made-up person, a JPEG of 492 x 656 px. */
export async function drawPortrait(person: DrawnPerson, grey: boolean): Promise<Uint8Array> {
  const picture = sharp(Buffer.from(portraitSvg(person))).blur(0.8);
  return (grey ? picture.greyscale() : picture).jpeg({ quality: 88, chromaSubsampling: '4:4:4' }).toBuffer();
}

function portraitSvg({ skin, hair, jacket, eyes, beard, glasses, face }: DrawnPerson): string {
  const rx = Math.round(132 * face);
  const eye = (x: number): string =>
    `<ellipse cx="${x}" cy="282" rx="22" ry="12" fill="#fbfaf7"/><circle cx="${x}" cy="282" r="11" fill="${eyes}"/><circle cx="${x}" cy="282" r="5" fill="#111"/><path d="M${x - 28} 252 q28 -16 56 0" stroke="${hair}" stroke-width="9" fill="none" stroke-linecap="round"/>`;
  const rim = (x: number): string => `<rect x="${x - 38}" y="256" width="76" height="54" rx="20" fill="none" stroke="#333" stroke-width="4"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <defs><radialGradient id="skin" cx="45%" cy="40%" r="70%"><stop offset="0" stop-color="${skin}"/><stop offset="1" stop-color="${skin}" stop-opacity="0.78"/></radialGradient></defs>
    <rect width="100%" height="100%" fill="${BACKGROUND}"/>
    <path d="M30 656 q10 -120 140 -142 l152 0 q130 22 140 142 z" fill="${jacket}"/>
    <path d="M176 520 l70 76 l70 -76 l-20 -24 l-100 0 z" fill="#f5f5f5"/>
    <rect x="190" y="430" width="112" height="100" rx="44" fill="${skin}"/>
    <ellipse cx="${246 - rx}" cy="300" rx="20" ry="36" fill="${skin}"/><ellipse cx="${246 + rx}" cy="300" rx="20" ry="36" fill="${skin}"/>
    <ellipse cx="246" cy="250" rx="${rx + 14}" ry="200" fill="${hair}"/>
    <ellipse cx="246" cy="292" rx="${rx}" ry="182" fill="${BACKGROUND}"/><ellipse cx="246" cy="292" rx="${rx}" ry="182" fill="url(#skin)"/>
    <path d="M${246 - rx} 250 q${rx * 0.4} -120 ${rx} -112 q${rx * 0.7} -6 ${rx} 112 q10 -190 -${rx} -196 q-${rx + 10} 6 -${rx} 196 z" fill="${hair}"/>
    ${beard ? `<path d="M${246 - rx + 6} 330 q20 150 ${rx - 6} 146 q${rx - 26} 4 ${rx - 6} -146 q-30 60 -${rx - 6} 56 q-${rx - 46} 4 -${rx - 6} -56 z" fill="${hair}" opacity="0.85"/>` : ''}
    ${eye(196)}${eye(296)}
    ${glasses ? `${rim(196)}${rim(296)}<path d="M234 276 h24" stroke="#333" stroke-width="4"/>` : ''}
    <path d="M246 290 q-16 54 -12 62 q12 10 30 2" stroke="#7a4a35" stroke-width="4" fill="none" opacity="0.6"/>
    <path d="M206 400 q40 22 80 0 q-40 10 -80 0 z" fill="#9c4a43"/>
  </svg>`;
}
