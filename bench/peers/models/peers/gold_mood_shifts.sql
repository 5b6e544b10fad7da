with ordered as (
    select
        play_id,
        played_at,
        mood,
        valence,
        energy,
        lag(mood) over (order by played_at, play_id) as prev_mood,
        lag(valence) over (order by played_at, play_id) as prev_valence,
        lag(energy) over (order by played_at, play_id) as prev_energy
    from {{ref 'silver_listening_with_features'}}
    where has_features
)
select
    play_id,
    played_at,
    prev_mood,
    mood,
    valence - prev_valence as valence_shift,
    energy - prev_energy as energy_shift
from ordered
where prev_mood is not null
    and abs(valence - prev_valence) + abs(energy - prev_energy) > 0.5
