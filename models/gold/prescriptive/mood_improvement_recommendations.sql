/*---
description: >-
  The 20 songs with the brightest mood, valence of 0.7 or more, among those streamed at least twice.
  Songs that tie are ranked by streams, then by minutes, by the latest stream and by song. Reasons
  and scenarios come from seed recommendation_reasons and speak of the music. Empty without a
  catalogue.
columns:
  - name: track_name
    description: Title of the song's most streamed track.
    data_tests: [not_null]
  - name: artist_name
    description: Artist of that track.
  - name: avg_valence
    description: >-
      How positive the song sounds, 0 to 1. As all its features it is the same in each of its
      streams, which all have it, so it needs no 30 of them.
    data_tests:
      - not_null
      - range: { min: 0.7, max: 1, severity: warn }
  - name: avg_energy
    description: The song's intensity, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: avg_danceability
    description: How suitable the song is for dancing, 0 to 1.
    data_tests:
      - range: { min: 0, max: 1, severity: warn }
  - name: play_count
    description: Streams of all versions of the song.
    data_tests:
      - range: { min: 2 }
  - name: recommendation_reason
    description: What is said of the song's mood, by its energy and danceability.
    data_tests: [not_null]
  - name: target_scenario
    description: What a song of this mood goes with.
    data_tests: [not_null]
  - name: track_id
    description: The song's most streamed track id; null where no source has one.
    data_tests: [unique]
  - name: last_played_at
    description: Start of its latest stream, UTC.
    data_tests: [not_null]
  - name: skip_rate
    description: >-
      Share of its plays that were skipped, 0 to 1, among plays of any length of which it is known,
      private sessions included; null where it is known of none.
    data_tests:
      - range: { min: 0, max: 1 }
  - name: position
    description: Rank, from 1, the brightest first.
    data_tests:
      - unique
      - not_null
      - range: { min: 1, max: 20 }
---*/

with

songs_with_features as (

    select * from {{ref 'songs_with_features'}}

    where valence >= 0.7
    and play_count >= 2

),

listening_with_features as (

    select * from {{ref 'listening_with_features'}}

),

recommendation_reasons as (

    select * from {{ref 'recommendation_reasons'}}

),

songs_placed as (

    select
        *,
        row_number() over (
            order by valence desc, play_count desc, ms_played desc, last_started_at desc, song_id
        ) as position

    from songs_with_features

),

songs_ranked as (

    select * from songs_placed
    where position <= 20

),

reasons_ranked as (

    select
        songs_ranked.*,
        recommendation_reasons.recommendation_reason,
        recommendation_reasons.target_scenario,
        row_number() over (
            partition by songs_ranked.song_id
            order by recommendation_reasons.reason_rank
        ) as reason_number

    from songs_ranked

    left join recommendation_reasons
        on coalesce(songs_ranked.energy, 0) >= coalesce(recommendation_reasons.min_energy, 0)
        and coalesce(songs_ranked.danceability, 0)
            >= coalesce(recommendation_reasons.min_danceability, 0)

),

reasons_found as (

    select * from reasons_ranked
    where reason_number = 1

),

skips_counted as (

    select
        song_id,
        round(
            1e0 * count(*) filter (where is_skipped)
                / nullif(count(*) filter (where is_skipped is not null), 0),
            3
        ) as skip_rate

    from listening_with_features

    where song_id in (select song_id from songs_ranked)

    group by song_id

),

songs_recommended as (

    select
        reasons_found.track_name,
        reasons_found.artist_name,
        round(reasons_found.valence, 3) as avg_valence,
        round(reasons_found.energy, 3) as avg_energy,
        round(reasons_found.danceability, 3) as avg_danceability,
        reasons_found.play_count,
        reasons_found.recommendation_reason,
        reasons_found.target_scenario,
        reasons_found.track_id,
        reasons_found.last_started_at as last_played_at,
        skips_counted.skip_rate,
        reasons_found.position

    from reasons_found

    inner join skips_counted
        on reasons_found.song_id = skips_counted.song_id

    order by reasons_found.position

)

select * from songs_recommended
