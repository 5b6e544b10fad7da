import assert from "node:assert/strict";
import { test } from "node:test";

import { catalogueCsv } from "../../../runner/demo/catalogue-csv.ts";
import type { CatalogueRow } from "../../../runner/demo/demo-catalogue.ts";

const row: CatalogueRow = {
  trackId: "demo000000000000000001",
  artists: "The Damp Otter Quintet;DJ Rusty Kettle",
  albumName: "Kettles, Otters & Love (Demo)",
  trackName: 'The "Damp" Kettle',
  popularity: 41,
  durationMs: 201_500,
  isExplicit: false,
  features: {
    danceability: 0.5,
    energy: 0.461,
    key: 1,
    loudness: -6.746,
    mode: 0,
    speechiness: 0.143,
    acousticness: 0.0001,
    instrumentalness: 0.00000101,
    liveness: 0.358,
    valence: 0,
    tempo: 87.917,
    timeSignature: 4,
  },
  genre: "moss-folk",
};

test("a row is quoted where it must be, and its numbers are written as Python writes them", () => {
  const remixed = { ...row, artists: "DJ Rusty Kettle", isExplicit: true, features: { ...row.features, tempo: 0 } };
  assert.equal(
    catalogueCsv([
      row,
      { ...remixed, features: { ...remixed.features, instrumentalness: 0.0000203, timeSignature: 0 } },
    ]),
    [
      ",track_id,artists,album_name,track_name,popularity,duration_ms,explicit,danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,track_genre",
      '0,demo000000000000000001,The Damp Otter Quintet;DJ Rusty Kettle,"Kettles, Otters & Love (Demo)","The ""Damp"" Kettle",41,201500,False,0.5,0.461,1,-6.746,0,0.143,0.0001,1.01e-06,0.358,0.0,87.917,4,moss-folk',
      '1,demo000000000000000001,DJ Rusty Kettle,"Kettles, Otters & Love (Demo)","The ""Damp"" Kettle",41,201500,True,0.5,0.461,1,-6.746,0,0.143,0.0001,2.03e-05,0.358,0.0,0.0,0,moss-folk',
      "",
    ].join("\n"),
  );
});
