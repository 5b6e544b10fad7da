/*---
description: One row a track that the Web API told of, as it was when it was last asked.
columns:
  - name: track_id
    description: Spotify's id of the track.
    data_tests: [unique, not_null]
  - name: duration_ms
    description: Length in milliseconds.
  - name: isrc
    description: International standard recording code.
  - name: release_date
    description: YYYY, YYYY-MM or YYYY-MM-DD, as release_date_precision says.
  - name: release_date_precision
    description: year, month or day.
    data_tests:
      - accepted_values: { values: [year, month, day] }
  - name: album_type
    description: album, single or compilation.
  - name: is_explicit
    description: Whether the lyrics are marked explicit.
  - name: fetched_at
    description: When it was asked, UTC.
    data_tests: [not_null]
  - name: danceability
    description: How suitable for dancing, 0 to 1; null where the app may not read audio features, as the rest.
  - name: energy
    description: Intensity, 0 to 1.
  - name: key
    description: Pitch class, 0 = C to 11 = B; null where none was found.
  - name: loudness
    description: Mean loudness in decibels.
  - name: mode
    description: 1 major, 0 minor.
  - name: speechiness
    description: Share of spoken words, 0 to 1.
  - name: acousticness
    description: Confidence that the track is acoustic, 0 to 1.
  - name: instrumentalness
    description: Confidence that the track has no vocals, 0 to 1.
  - name: liveness
    description: Confidence that an audience is heard, 0 to 1.
  - name: valence
    description: How positive the music sounds, 0 to 1.
  - name: tempo
    description: Beats a minute; null where none was found.
  - name: time_signature
    description: Beats in a bar; null where none was found.
---*/

with

my_tracks_features as (

    select * from {{source 'bronze.my_tracks_features'}}

),

latest_fetches as (

    -- The audio features come in a fetch of their own.
    select
        track_id,
        {{#each (list
            'duration_ms' 'isrc' 'release_date' 'release_date_precision' 'album_type' 'is_explicit'
            'danceability' 'energy' 'loudness' 'speechiness' 'acousticness' 'instrumentalness' 'liveness'
            'valence'
        ) as |column|}}
        max_by({{column}}, row(fetched_at, batch_id))
            filter (where {{column}} is not null) as {{column}},
        {{/each}}
        max_by(nullif(tempo, 0), row(fetched_at, batch_id))
            filter (where nullif(tempo, 0) is not null) as tempo,
        max_by(nullif(key, -1), row(fetched_at, batch_id))
            filter (where nullif(key, -1) is not null) as key,
        max_by(mode, row(fetched_at, batch_id))
            filter (where mode is not null) as mode,
        max_by(nullif(time_signature, 0), row(fetched_at, batch_id))
            filter (where nullif(time_signature, 0) is not null) as time_signature,
        max(fetched_at) as fetched_at

    from my_tracks_features

    group by track_id

)

select * from latest_fetches
