/** What the songs of an invented genre sound like on average, and how much of it this listener takes in. */
export interface DemoGenre {
  readonly name: string;
  readonly energy: number;
  readonly valence: number;
  readonly danceability: number;
  readonly acousticness: number;
  readonly instrumentalness: number;
  readonly speechiness: number;
  readonly tempo: number;
  /** Artists the listener comes to know; 0 means that the genre stands in the catalogue only. */
  readonly artists: number;
  /** Liking in the first and in the last days of the two years. */
  readonly liking: readonly [first: number, last: number];
  /** Above 0 the genre belongs to the summer, below 0 to the winter. */
  readonly season: number;
}

/** Every genre of the demo, in the order in which the catalogue lists them. */
export const demoGenres: readonly DemoGenre[] = [
  genre("anvil-metal", [0.92, 0.31, 0.4, 0.03, 0.08, 0.09, 142], [3, 1.1, 0.7, 0]),
  genre("attic-jazz", [0.36, 0.52, 0.56, 0.74, 0.24, 0.05, 112], [4, 0.6, 1.3, -0.2]),
  genre("cellar-punk", [0.88, 0.5, 0.47, 0.04, 0.02, 0.08, 164], [0, 0, 0, 0]),
  genre("drizzle-indie", [0.56, 0.42, 0.52, 0.3, 0.06, 0.04, 118], [0, 0, 0, 0]),
  genre("fog-ambient", [0.17, 0.17, 0.27, 0.82, 0.83, 0.04, 88], [4, 0.8, 1.2, -0.3]),
  genre("gravel-rock", [0.78, 0.44, 0.5, 0.08, 0.03, 0.05, 132], [6, 1.6, 0.5, 0]),
  genre("harbour-disco", [0.81, 0.81, 0.76, 0.08, 0.03, 0.06, 121], [5, 0.8, 1.2, 0.7]),
  genre("kelp-house", [0.8, 0.57, 0.75, 0.05, 0.46, 0.06, 124], [5, 0.3, 1.5, 0.3]),
  genre("lantern-pop", [0.67, 0.74, 0.72, 0.2, 0.01, 0.06, 116], [7, 1.3, 0.9, 0.3]),
  genre("meadow-bluegrass", [0.58, 0.68, 0.55, 0.66, 0.05, 0.04, 128], [0, 0, 0, 0]),
  genre("moss-folk", [0.32, 0.48, 0.5, 0.79, 0.05, 0.04, 108], [6, 0.8, 1.2, -0.2]),
  genre("neon-polka", [0.76, 0.84, 0.68, 0.26, 0.12, 0.06, 130], [0, 0, 0, 0]),
  genre("paper-piano", [0.15, 0.22, 0.36, 0.94, 0.87, 0.04, 96], [3, 0.7, 1.1, -0.3]),
  genre("picnic-ska", [0.79, 0.83, 0.7, 0.13, 0.03, 0.07, 146], [2, 1.2, 0.8, 1]),
  genre("pocket-opera", [0.34, 0.27, 0.3, 0.87, 0.18, 0.05, 101], [0, 0, 0, 0]),
  genre("satellite-synth", [0.56, 0.43, 0.62, 0.18, 0.76, 0.04, 110], [5, 0.5, 1.6, 0]),
  genre("teapot-tango", [0.48, 0.6, 0.6, 0.7, 0.16, 0.05, 119], [0, 0, 0, 0]),
  genre("tram-rap", [0.69, 0.5, 0.77, 0.16, 0.01, 0.24, 98], [4, 1.4, 0.6, 0]),
  genre("velvet-soul", [0.46, 0.59, 0.64, 0.45, 0.02, 0.05, 102], [4, 0.9, 1, 0]),
  genre("winter-choir", [0.22, 0.33, 0.28, 0.91, 0.06, 0.04, 94], [2, 0.5, 0.5, -2]),
];

type Sound = readonly [
  energy: number,
  valence: number,
  danceability: number,
  acousticness: number,
  instrumentalness: number,
  speechiness: number,
  tempo: number,
];

type Taste = readonly [artists: number, first: number, last: number, season: number];

function genre(name: string, sound: Sound, taste: Taste): DemoGenre {
  const [energy, valence, danceability, acousticness, instrumentalness, speechiness, tempo] = sound;
  const [artists, first, last, season] = taste;
  return {
    name,
    energy,
    valence,
    danceability,
    acousticness,
    instrumentalness,
    speechiness,
    tempo,
    artists,
    liking: [first, last],
    season,
  };
}
